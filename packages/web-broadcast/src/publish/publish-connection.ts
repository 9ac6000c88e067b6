import type { Clock } from '../clock.ts';
import { restartFragment, withCredentials } from '../connection/ice-credentials.ts';
import { addOpusParameters } from '../connection/opus-parameters.ts';
import type { ParticipantToken } from '../connection/participant-token.ts';
import type { PeerConnections } from '../connection/peer-connections.ts';
import { watchPeerConnection } from '../connection/watch-peer-connection.ts';
import { Emitter } from '../emitter.ts';
import type { Logger } from '../logging.ts';
import { StageErrorCode } from '../stage/stage-error.ts';
import type { LocalStreams } from '../stage/stage-strategy.ts';
import type { LocalStageStream } from '../streams/local-stage-stream.ts';
import { preferVideoCodecs } from './codec-preferences.ts';
import { audioLimits, offeredEncodings, type SendLimits, videoLimits } from './send-parameters.ts';
import { StreamSender } from './stream-sender.ts';
import { createWhipResource, deleteWhipResource, restartWhipResource, WhipRefusal } from './whip-resource.ts';

interface PublishConnectionEvents {
  connected: [];
  /** Nothing gets through; another way is looked for. */
  silent: [];
  /** At most once; nothing follows. */
  failed: [refusal: WhipRefusal];
}

export interface PublishConnectionParts {
  readonly token: ParticipantToken;
  readonly clock: Clock;
  readonly log: Logger;
  readonly peerConnections: PeerConnections;
}

/** One publish: a peer connection that sends one audio and one video stream, and the WHIP resource that receives them. */
export class PublishConnection extends Emitter<PublishConnectionEvents> {
  readonly #token: ParticipantToken;
  readonly #clock: Clock;
  readonly #peerConnection: RTCPeerConnection;
  readonly #audio: StreamSender;
  readonly #video: StreamSender;
  readonly #stereo: boolean;
  #resourceUrl: string | undefined;
  #restarting = false;
  #stopWatching = (): void => {};
  #closed = false;

  constructor({ token, clock, log, peerConnections }: PublishConnectionParts, streams: LocalStreams) {
    super();
    this.#token = token;
    this.#clock = clock;
    this.#peerConnection = peerConnections.create();
    // Both kinds are always offered, so that streams may come later without negotiating again.
    const audio = this.#peerConnection.addTransceiver('audio', { direction: 'sendonly' });
    const video = this.#addVideo(streams.video);
    const codecs = preferVideoCodecs(RTCRtpSender.getCapabilities('video')?.codecs ?? []);
    if (codecs.length > 0) video.setCodecPreferences?.(codecs);
    this.#audio = new StreamSender(audio.sender, ({ mediaConfig }) => audioLimits(mediaConfig), log);
    this.#video = new StreamSender(video.sender, videoLimitsOf, log);
    this.#stereo = streams.audio?.mediaConfig.stereo === true;
    this.send(streams);
  }

  /** Sends these streams, as they are now, in the place of the present ones. */
  send({ audio, video }: LocalStreams): void {
    this.#audio.send(audio);
    this.#video.send(video);
  }

  /** Sends all layers but these, which nobody receives. */
  holdBack(rids: ReadonlySet<string>): void {
    this.#video.holdBack(rids);
  }

  async start(): Promise<void> {
    try {
      await this.#negotiate();
    } catch (error) {
      if (this.#closed) return;
      const refusal =
        error instanceof WhipRefusal
          ? error
          : new WhipRefusal('the answer does not fit', { code: StageErrorCode.FAILED });
      this.#fail(refusal);
    }
  }

  /**
   * Looks for a new way to the server: the network may be another one. A server that knows the publish no more ends this
   * connection; where it is not reached, the next silence tries again.
   */
  async restartIce(): Promise<void> {
    const { signalingState, remoteDescription } = this.#peerConnection;
    if (this.#restarting || !this.#resourceUrl || signalingState !== 'stable' || !remoteDescription) return;
    this.#restarting = true;
    try {
      await this.#restart(this.#resourceUrl, remoteDescription.sdp);
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof WhipRefusal && error.temporary)
        await this.#peerConnection.setLocalDescription({ type: 'rollback' });
      else this.#fail(new WhipRefusal('ICE cannot be restarted', { temporary: true }));
    } finally {
      this.#restarting = false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopWatching();
    this.#audio.close();
    this.#video.close();
    this.#peerConnection.close();
    if (this.#resourceUrl) deleteWhipResource(this.#resourceUrl, this.#token.text);
  }

  /** In as many layers as the stream has that is there now, if the browser can. */
  #addVideo(stream: LocalStageStream | undefined): RTCRtpTransceiver {
    const sendEncodings = stream ? offeredEncodings(videoLimitsOf(stream)) : [];
    const direction = 'sendonly';
    if (sendEncodings.length > 0) {
      const layered = this.#peerConnection.addTransceiver('video', { direction, sendEncodings });
      if (layered.sender.getParameters().encodings.length === sendEncodings.length) return layered;
      layered.stop();
    }
    return this.#peerConnection.addTransceiver('video', { direction });
  }

  async #negotiate(): Promise<void> {
    await this.#peerConnection.setLocalDescription();
    const offer = this.#peerConnection.localDescription?.sdp ?? '';
    const { whipUrl, text } = this.#token;
    const posted = this.#stereo ? addOpusParameters(offer, 'stereo=1;sprop-stereo=1') : offer;
    const { answer, url } = await createWhipResource(whipUrl, text, posted);
    if (this.#closed) {
      if (url) deleteWhipResource(url, text);
      return;
    }
    this.#resourceUrl = url;
    const sdp = this.#stereo ? addOpusParameters(answer, 'stereo=1') : answer;
    await this.#peerConnection.setRemoteDescription({ type: 'answer', sdp });
    if (this.#closed) return;
    this.#stopWatching = watchPeerConnection(this.#peerConnection, this.#clock, {
      connected: () => this.emit('connected'),
      silent: () => {
        this.emit('silent');
        void this.restartIce();
      },
      failed: (detail) => this.#fail(new WhipRefusal(detail, { temporary: true })),
    });
  }

  async #restart(resourceUrl: string, answer: string): Promise<void> {
    this.#peerConnection.restartIce();
    await this.#peerConnection.setLocalDescription();
    const offer = this.#peerConnection.localDescription?.sdp ?? '';
    const fragment = await restartWhipResource(resourceUrl, this.#token.text, restartFragment(offer));
    if (this.#closed) return;
    await this.#peerConnection.setRemoteDescription({ type: 'answer', sdp: withCredentials(answer, fragment) });
  }

  #fail(refusal: WhipRefusal): void {
    this.close();
    this.emit('failed', refusal);
  }
}

function videoLimitsOf({ mediaConfig, mediaStreamTrack }: LocalStageStream): SendLimits[] {
  return videoLimits(mediaConfig, mediaStreamTrack.getSettings());
}
