import type { Clock } from '../clock.ts';
import type { PlayedFrames, SubscriberOffer } from '../connection/messages.ts';
import { addOpusParameters } from '../connection/opus-parameters.ts';
import type { PeerConnections } from '../connection/peer-connections.ts';
import { watchPeerConnection } from '../connection/watch-peer-connection.ts';
import { Emitter } from '../emitter.ts';
import type { FrameTransforms } from '../in-band/frame-transforms.ts';
import { StageErrorCode } from '../stage/stage-error.ts';
import { PlaybackReporter } from '../statistics/playback-reporter.ts';
import type { ReceivedTrack } from './delivery.ts';

/** A server has one offer under way at a time; more than this is a fault. */
const MAXIMUM_OFFERS = 16;

interface SubscriberConnectionEvents {
  /** The answer is to be sent; the tracks are as offered. */
  answered: [offer: SubscriberOffer, sdp: string];
  connected: [];
  /** The server is to offer new ICE credentials: this one's network is another one, it seems. */
  silent: [];
  played: [frames: PlayedFrames];
  /** At most once; nothing follows. */
  failed: [detail: string, code: StageErrorCode];
}

export interface SubscriberConnectionParts {
  readonly clock: Clock;
  readonly peerConnections: PeerConnections;
  readonly frames: FrameTransforms;
}

/** The peer connection over which everything comes that is subscribed to; the server offers, this answers. */
export class SubscriberConnection extends Emitter<SubscriberConnectionEvents> {
  readonly transportId: string;
  readonly #peerConnection: RTCPeerConnection;
  /** Those to be answered, the one under way first. */
  readonly #offers: SubscriberOffer[] = [];
  readonly #frames: FrameTransforms;
  readonly #stopWatching: () => void;
  #tracks: readonly ReceivedTrack[] = [];
  #reporter: PlaybackReporter | undefined;
  #connected = false;
  #closed = false;

  constructor(transportId: string, { clock, peerConnections, frames }: SubscriberConnectionParts) {
    super();
    this.#frames = frames;
    this.transportId = transportId;
    this.#peerConnection = peerConnections.create();
    this.#stopWatching = watchPeerConnection(this.#peerConnection, clock, {
      connected: () => {
        this.#connected = true;
        this.#reporter ??= new PlaybackReporter(this.#peerConnection, clock, (frames) => this.emit('played', frames));
        this.emit('connected');
      },
      silent: () => this.emit('silent'),
      failed: (detail, code) => this.#fail(detail, code),
    });
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** What the offer that was answered last contains. */
  get tracks(): readonly ReceivedTrack[] {
    return this.#tracks;
  }

  /** Answers this offer when those before it are answered. */
  take(offer: SubscriberOffer): void {
    this.#offers.push(offer);
    if (this.#offers.length > MAXIMUM_OFFERS) this.#fail('too many offers');
    else if (this.#offers.length === 1) void this.#answerAll();
  }

  close(): void {
    this.#closed = true;
    this.#stopWatching();
    this.#reporter?.stop();
    this.#connected = false;
    this.#tracks = [];
    this.#peerConnection.close();
  }

  async #answerAll(): Promise<void> {
    try {
      for (let [offer] = this.#offers; offer && !this.#closed; [offer] = this.#offers) {
        const sdp = await this.#answer(offer);
        this.#offers.shift();
        this.emit('answered', offer, sdp);
      }
    } catch (error) {
      // The text of such an error may quote the description.
      this.#fail(`the offer cannot be answered: ${error instanceof Error ? error.name : typeof error}`);
    }
  }

  /** Never settles when the connection is closed meanwhile: so does WebRTC (§4.4.1.2). */
  async #answer(offer: SubscriberOffer): Promise<string> {
    const peerConnection = this.#peerConnection;
    await peerConnection.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
    for (const { receiver } of peerConnection.getTransceivers()) this.#frames.prepare(receiver);
    const answer = await peerConnection.createAnswer();
    // Browsers mix stereo down unless they have said that they want it.
    const stereo = /^a=fmtp:.*\b(sprop-)?stereo=1/m.test(offer.sdp);
    const sdp = stereo ? addOpusParameters(answer.sdp ?? '', 'stereo=1') : answer.sdp;
    await peerConnection.setLocalDescription({ type: 'answer', sdp });
    const receivers = new Map(peerConnection.getTransceivers().map(({ mid, receiver }) => [mid, receiver]));
    this.#tracks = offer.tracks.flatMap(({ mid, participantId, kind }) => {
      const receiver = receivers.get(mid);
      return receiver ? [{ participantId, kind, receiver }] : [];
    });
    return peerConnection.localDescription?.sdp ?? '';
  }

  #fail(detail: string, code: StageErrorCode = StageErrorCode.FAILED): void {
    if (this.#closed) return;
    this.close();
    this.emit('failed', detail, code);
  }
}
