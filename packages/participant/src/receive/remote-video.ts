import type { Frame } from './incoming-stream.ts';
import type { LiveQueue } from './live-queue.ts';
import { FanOut, type TakeOptions } from './remote-stream.ts';

/** A picture as it came, not decoded. */
export interface VideoFrame {
  readonly codec: 'h264' | 'vp8';
  /** H.264: an access unit as a byte stream (ITU-T H.264 annex B). VP8: the frame (RFC 6386). */
  readonly data: Buffer;
  /** Decoding can begin here. */
  readonly keyFrame: boolean;
  /** When it was captured: milliseconds since 1970 by this machine's clock, late by the way that it took. */
  readonly timeMs: number;
}

/** Two seconds at 30 a second: who takes longer goes on with the next key frame. */
const MAXIMUM_FRAMES = 60;
const KEY_FRAME_INTERVAL_MS = 500;
const START_CODE = Buffer.of(0, 0, 0, 1);

/** The video of a remote participant, from the beginning of a publish to its end. */
export class RemoteVideo {
  readonly kind = 'video';
  readonly participantId: string;
  readonly #feed: VideoFeed;

  constructor(participantId: string, feed: VideoFeed) {
    this.participantId = participantId;
    this.#feed = feed;
  }

  /**
   * The pictures from the next key frame on, which is asked for; ends with the publish. Every picture can be decoded by
   * those before it: after a loss, and for who is two seconds late, the next one is a key frame. May be taken by several at a time.
   */
  frames(options: TakeOptions = {}): AsyncIterableIterator<VideoFrame> {
    return this.#feed.open(options);
  }

  /** Asks the publisher for a key frame. Twice a second at most. */
  requestKeyFrame(): void {
    this.#feed.requestKeyFrame();
  }
}

/** The other side of a {@link RemoteVideo}. */
export class VideoFeed {
  readonly stream: RemoteVideo;
  readonly #askPublisher: () => void;
  readonly #frames = new FanOut<VideoFrame>(MAXIMUM_FRAMES);
  /** Those who can go on with a key frame only. */
  readonly #atGap = new WeakSet<LiveQueue<VideoFrame>>();
  #lastRequestMs = Number.NEGATIVE_INFINITY;

  constructor(participantId: string, askPublisher: () => void) {
    this.stream = new RemoteVideo(participantId, this);
    this.#askPublisher = askPublisher;
  }

  open(options: TakeOptions): AsyncIterableIterator<VideoFrame> {
    const queue = this.#frames.open(options);
    this.#atGap.add(queue);
    this.requestKeyFrame();
    return queue;
  }

  push(frame: Frame): void {
    const { keyFrame, complete, afterLoss } = frame.unit;
    const picture = complete ? read(frame) : undefined;
    for (const queue of this.#frames.queues) {
      if (afterLoss || !picture) this.#atGap.add(queue);
      if (picture && (keyFrame || !this.#atGap.has(queue))) this.#give(queue, picture);
      else this.requestKeyFrame();
    }
  }

  requestKeyFrame(): void {
    const now = performance.now();
    if (now - this.#lastRequestMs < KEY_FRAME_INTERVAL_MS) return;
    this.#lastRequestMs = now;
    this.#askPublisher();
  }

  end(): void {
    this.#frames.end();
  }

  #give(queue: LiveQueue<VideoFrame>, picture: VideoFrame): void {
    this.#atGap.delete(queue);
    if (!queue.full) {
      queue.push(picture);
      return;
    }
    queue.clear();
    if (picture.keyFrame) {
      queue.push(picture);
    } else {
      this.#atGap.add(queue);
      this.requestKeyFrame();
    }
  }
}

function read({ codec, unit, timeMs }: Frame): VideoFrame | undefined {
  const { keyFrame, units } = unit;
  if (codec === 'opus') return undefined;
  const data = codec === 'h264' ? units.flatMap((each) => [START_CODE, each]) : units;
  return { codec, data: Buffer.concat(data), keyFrame, timeMs };
}
