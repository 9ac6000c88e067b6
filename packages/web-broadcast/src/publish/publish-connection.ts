import { PostedConnection, type PostedConnectionParts } from '../connection/posted-connection.ts';
import type { WhipRefusal } from '../connection/whip-resource.ts';
import { Emitter } from '../emitter.ts';
import type { FrameTransforms, MessageCarrier } from '../in-band/frame-transforms.ts';
import type { Logger } from '../logging.ts';
import type { LocalStreams } from '../stage/stage-strategy.ts';
import type { LocalStageStream } from '../streams/local-stage-stream.ts';
import { preferVideoCodecs } from './codec-preferences.ts';
import { audioLimits, offeredEncodings, type SendLimits, videoLimits } from './send-parameters.ts';
import { StreamSender } from './stream-sender.ts';

interface PublishConnectionEvents {
  connected: [];
  /** Nothing gets through; another way is looked for. */
  silent: [];
  /** At most once; nothing follows. */
  failed: [refusal: WhipRefusal];
}

export interface PublishConnectionParts extends PostedConnectionParts {
  readonly log: Logger;
  readonly frames: FrameTransforms;
}

/** One publish: a posted connection that sends one audio and one video stream. */
export class PublishConnection extends Emitter<PublishConnectionEvents> {
  readonly #connection: PostedConnection;
  readonly #audio: StreamSender;
  readonly #video: StreamSender;
  readonly #stereo: boolean;
  readonly #carrier: MessageCarrier | undefined;

  constructor(parts: PublishConnectionParts, streams: LocalStreams) {
    super();
    const { token, log, frames } = parts;
    this.#connection = new PostedConnection(parts, token.present.whipUrl);
    this.#connection.on('connected', () => this.emit('connected'));
    this.#connection.on('silent', () => this.emit('silent'));
    this.#connection.on('failed', (refusal) => {
      this.close();
      this.emit('failed', refusal);
    });
    // Both kinds are always offered, so that streams may come later without negotiating again.
    const audio = this.#connection.peerConnection.addTransceiver('audio', { direction: 'sendonly' });
    const video = this.#addVideo(streams.video);
    this.#carrier = streams.video?.carriesMessages ? frames.carrierFor(video.sender) : undefined;
    video.setCodecPreferences?.(preferVideoCodecs(RTCRtpSender.getCapabilities('video')?.codecs ?? []));
    this.#audio = new StreamSender(audio.sender, ({ mediaConfig }) => audioLimits(mediaConfig), log);
    this.#video = new StreamSender(video.sender, videoLimitsOf, log, this.#carrier);
    this.#stereo = streams.audio?.mediaConfig.stereo === true;
    this.send(streams);
  }

  /** Whether these streams can be sent in the place of the present ones: those with messages in them need another connection. */
  takes({ video }: LocalStreams): boolean {
    return !video?.carriesMessages || this.#carrier !== undefined;
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

  start(): Promise<void> {
    return this.#connection.start(this.#stereo ? { posted: 'stereo=1;sprop-stereo=1', answer: 'stereo=1' } : {});
  }

  /** Looks for a new way to the server: the network may be another one. */
  restartIce(): Promise<void> {
    return this.#connection.restartIce();
  }

  close(): void {
    this.#audio.close();
    this.#video.close();
    this.#connection.close();
  }

  /** In as many layers as the stream has that is there now, if the browser can. */
  #addVideo(stream: LocalStageStream | undefined): RTCRtpTransceiver {
    const { peerConnection } = this.#connection;
    const sendEncodings = stream ? offeredEncodings(videoLimitsOf(stream)) : [];
    const direction = 'sendonly';
    if (sendEncodings.length > 0) {
      const layered = peerConnection.addTransceiver('video', { direction, sendEncodings });
      if (layered.sender.getParameters().encodings.length === sendEncodings.length) return layered;
      layered.stop();
    }
    return peerConnection.addTransceiver('video', { direction });
  }
}

function videoLimitsOf({ mediaConfig, mediaStreamTrack }: LocalStageStream): SendLimits[] {
  return videoLimits(mediaConfig, mediaStreamTrack.getSettings());
}
