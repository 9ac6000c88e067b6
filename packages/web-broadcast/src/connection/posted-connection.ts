import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type { CurrentToken } from './current-token.ts';
import { restartFragment, withCredentials } from './ice-credentials.ts';
import { addOpusParameters } from './opus-parameters.ts';
import type { PeerConnections } from './peer-connections.ts';
import { watchPeerConnection } from './watch-peer-connection.ts';
import { createWhipResource, deleteWhipResource, restartWhipResource, WhipRefusal } from './whip-resource.ts';

interface PostedConnectionEvents {
  /** The server has answered: what it sends or takes is known. */
  answered: [];
  connected: [];
  /** Nothing gets through; another way is looked for. */
  silent: [];
  /** At most once; nothing follows. */
  failed: [refusal: WhipRefusal];
}

export interface PostedConnectionParts {
  readonly token: CurrentToken;
  readonly clock: Clock;
  readonly peerConnections: PeerConnections;
}

/** Parameters that are added to the Opus format lines of each description. */
export interface OpusParameters {
  /** Of the offer as it is set here and posted. */
  readonly local?: string;
  /** Of the offer as it is posted alone. */
  readonly posted?: string;
  readonly answer?: string;
}

/** A peer connection whose offer is posted, and the resource that the server makes of it. */
export class PostedConnection extends Emitter<PostedConnectionEvents> {
  readonly peerConnection: RTCPeerConnection;
  readonly #token: CurrentToken;
  readonly #clock: Clock;
  readonly #url: string;
  #resourceUrl: string | undefined;
  #restarting = false;
  #stopWatching = (): void => {};
  /** Ends requests that are under way. */
  readonly #closing = new AbortController();

  /** @param url where it is posted */
  constructor({ token, clock, peerConnections }: PostedConnectionParts, url: string) {
    super();
    this.#token = token;
    this.#clock = clock;
    this.#url = url;
    this.peerConnection = peerConnections.create();
  }

  /** Posts what the peer connection has been given to send and receive by now. */
  async start(opus: OpusParameters = {}): Promise<void> {
    try {
      await this.#negotiate(opus);
    } catch (error) {
      if (this.#closed) return;
      this.#fail(error instanceof WhipRefusal ? error : new WhipRefusal('the answer does not fit', {}));
    }
  }

  /**
   * Looks for a new way to the server: the network may be another one. A server that knows the resource no more ends this
   * connection; where it is not reached, the next silence tries again.
   */
  async restartIce(): Promise<void> {
    const { signalingState, remoteDescription } = this.peerConnection;
    if (this.#restarting || !this.#resourceUrl || signalingState !== 'stable' || !remoteDescription) return;
    this.#restarting = true;
    try {
      await this.#restart(this.#resourceUrl, remoteDescription.sdp);
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof WhipRefusal && error.temporary)
        await this.peerConnection.setLocalDescription({ type: 'rollback' });
      else this.#fail(new WhipRefusal('ICE cannot be restarted', { temporary: true }));
    } finally {
      this.#restarting = false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closing.abort();
    this.#stopWatching();
    this.peerConnection.close();
    if (this.#resourceUrl) deleteWhipResource(this.#resourceUrl, this.#token.confirmed.text);
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #negotiate({ local = '', posted = '', answer: answered = '' }: OpusParameters): Promise<void> {
    const { text } = await this.#token.settled();
    if (this.#closed) return;
    const offer = await this.peerConnection.createOffer();
    await this.peerConnection.setLocalDescription({ type: 'offer', sdp: withOpus(offer.sdp, local) });
    const sdp = withOpus(this.peerConnection.localDescription?.sdp, posted);
    const { answer, url } = await createWhipResource(this.#url, text, sdp, this.#closing.signal);
    if (this.#closed) {
      if (url) deleteWhipResource(url, text);
      return;
    }
    this.#resourceUrl = url;
    await this.peerConnection.setRemoteDescription({ type: 'answer', sdp: withOpus(answer, answered) });
    if (this.#closed) return;
    this.#stopWatching = watchPeerConnection(this.peerConnection, this.#clock, {
      connected: () => this.emit('connected'),
      silent: () => {
        this.emit('silent');
        void this.restartIce();
      },
      failed: (detail, code) => this.#fail(new WhipRefusal(detail, { code, temporary: true })),
    });
    this.emit('answered');
  }

  async #restart(resourceUrl: string, answer: string): Promise<void> {
    this.peerConnection.restartIce();
    await this.peerConnection.setLocalDescription();
    const offer = this.peerConnection.localDescription?.sdp ?? '';
    const fragment = restartFragment(offer);
    const { text } = this.#token.confirmed;
    const answered = await restartWhipResource(resourceUrl, text, fragment, this.#closing.signal);
    if (this.#closed) return;
    await this.peerConnection.setRemoteDescription({ type: 'answer', sdp: withCredentials(answer, answered) });
  }

  #fail(refusal: WhipRefusal): void {
    this.close();
    this.emit('failed', refusal);
  }
}

function withOpus(sdp = '', parameters: string): string {
  return parameters ? addOpusParameters(sdp, parameters) : sdp;
}
