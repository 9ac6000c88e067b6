import type { Socket } from 'node:net';
import type { VideoConfig } from '../../hls/sample-entry.ts';
import { sameConfig } from '../../recording/parameter-sets.ts';
import type { AmfObject, RtmpPublisher } from '../../rtmp/index.ts';
import type { EncodedPicture, EncodedSound, OutputStart } from './output.ts';

export interface RtmpStreamOptions {
  /** What the publisher sends by. */
  readonly socket: Socket;
  readonly publisher: RtmpPublisher;
  readonly start: OutputStart;
  readonly stallTimeoutMs: number;
  /** The first key frame is on its way. */
  onActive(): void;
  onDropped(): void;
}

/** So much may wait to be sent, and pictures are left out until so little does; in seconds of the stream. */
const MOST_UNSENT_SECONDS = 1;
const LITTLE_UNSENT_SECONDS = 0.25;
/** Of a stream of few bits one key frame is many seconds. */
const LEAST_BYTES_A_SECOND = 64 * 1_024;
const STALL_LOOKS = 8;

/** One connection's stream: from a key frame on, with times from 0, and without the groups of pictures that it has no time for. */
export class RtmpStream {
  readonly #options: RtmpStreamOptions;
  readonly #bytesASecond: number;
  readonly #stallTimer: NodeJS.Timeout;
  /** Of the first key frame. */
  #beginMs: number | undefined;
  #config: VideoConfig | undefined;
  #dropping = false;
  #takenBytes = 0;
  #takenAtMs = performance.now();

  constructor(options: RtmpStreamOptions) {
    this.#options = options;
    const { start, stallTimeoutMs, publisher, socket } = options;
    this.#bytesASecond = Math.max(LEAST_BYTES_A_SECOND, (start.videoBitrateBps + start.audioBitrateBps) / 8);
    publisher.sendMetadata(metadataOf(start));
    this.#stallTimer = setInterval(() => this.#cutStalled(), stallTimeoutMs / STALL_LOOKS);
    socket.once('close', () => clearInterval(this.#stallTimer));
  }

  takePicture(picture: EncodedPicture): void {
    const { publisher, onActive, onDropped } = this.#options;
    const { timeMs, keyFrame, config } = picture;
    if (publisher.ended) return;
    if (this.#beginMs === undefined && !config) return;
    if (!this.#keepsUp(keyFrame)) {
      onDropped();
      return;
    }
    const first = this.#beginMs === undefined;
    this.#beginMs ??= timeMs;
    if (config) this.#configure(config, timeMs);
    if (first) this.#configureSound();
    publisher.sendVideo({
      kind: 'picture',
      trackId: 0,
      timestampMs: timeMs - this.#beginMs,
      compositionTimeMs: 0,
      keyFrame,
      nalUnits: picture.units,
    });
    if (first && !publisher.ended) onActive();
  }

  takeSound({ timeMs, data }: EncodedSound): void {
    const { publisher } = this.#options;
    if (this.#beginMs === undefined || timeMs < this.#beginMs || publisher.ended) return;
    // It is little: it goes on while pictures are left out, though not for ever.
    if (publisher.unsentBytes > 2 * MOST_UNSENT_SECONDS * this.#bytesASecond) return;
    publisher.sendAudio({ kind: 'frame', trackId: 0, timestampMs: timeMs - this.#beginMs, data });
  }

  /** Says that it is over, and waits for the connection to close, which is cut after a while. */
  async close(): Promise<void> {
    const { publisher, socket } = this.#options;
    clearInterval(this.#stallTimer);
    if (socket.closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once('close', () => resolve());
    publisher.close();
    await promise;
  }

  #keepsUp(keyFrame: boolean): boolean {
    const unsentSeconds = this.#options.publisher.unsentBytes / this.#bytesASecond;
    if (this.#dropping && keyFrame && unsentSeconds <= LITTLE_UNSENT_SECONDS) this.#dropping = false;
    else if (unsentSeconds > MOST_UNSENT_SECONDS) this.#dropping = true;
    return !this.#dropping;
  }

  #configure(config: VideoConfig, timeMs: number): void {
    if (sameConfig(config, this.#config)) return;
    this.#config = config;
    this.#options.publisher.sendVideo({
      kind: 'config',
      trackId: 0,
      timestampMs: timeMs - (this.#beginMs ?? timeMs),
      sps: config.sequenceParameterSets,
      pps: config.pictureParameterSets,
    });
  }

  #configureSound(): void {
    const { publisher, start } = this.#options;
    const { audioSpecificConfig } = start;
    publisher.sendAudio({ kind: 'config', trackId: 0, timestampMs: 0, audioSpecificConfig });
  }

  /** A peer may vanish without a word, or stop reading for good. */
  #cutStalled(): void {
    const { socket, stallTimeoutMs } = this.#options;
    const nowMs = performance.now();
    const takenBytes = socket.bytesWritten - socket.writableLength;
    if (takenBytes > this.#takenBytes || socket.writableLength === 0) {
      this.#takenBytes = takenBytes;
      this.#takenAtMs = nowMs;
    } else if (nowMs - this.#takenAtMs >= stallTimeoutMs) {
      socket.destroy();
    }
  }
}

function metadataOf(start: OutputStart): AmfObject {
  return {
    width: start.width,
    height: start.height,
    framerate: start.framesPerSecond,
    videocodecid: 7,
    videodatarate: start.videoBitrateBps / 1_000,
    audiocodecid: 10,
    audiodatarate: start.audioBitrateBps / 1_000,
    audiosamplerate: 48_000,
    audiosamplesize: 16,
    stereo: true,
    encoder: 'Proscenium',
  };
}
