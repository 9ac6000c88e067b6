import type { VideoConfig } from '../../hls/sample-entry.ts';
import { AUDIO_TIMESCALE, type Sample, type Track, VIDEO_TIMESCALE } from '../../hls/track.ts';
import { videoSample } from '../../hls/video-sample.ts';
import { sameConfig } from '../../recording/parameter-sets.ts';
import type { Period, Segment } from '../../recording/segment.ts';
import {
  type EncodedPicture,
  type EncodedSound,
  framesPerKeyFrame,
  KEY_FRAME_INTERVAL_SECONDS,
  type OutputStart,
} from './output.ts';
import { SoundQueue } from './sound-queue.ts';

export interface SegmenterOptions {
  readonly start: OutputStart;
  readonly targetDurationSeconds: number;
  /** Whole seconds: no segment is longer, rounded. */
  readonly maximumDurationSeconds: number;
  onSegment(segment: Segment): void;
}

/** A target as it can be kept: segments end at key frames. */
export function wholeGroupsSeconds(targetSeconds: number): number {
  return KEY_FRAME_INTERVAL_SECONDS * Math.ceil(targetSeconds / KEY_FRAME_INTERVAL_SECONDS);
}

const TICKS_PER_MS = VIDEO_TIMESCALE / 1_000;
/** Longer than the maximum by less than what would be rounded up. */
const ROUNDED_OFF_SECONDS = 0.49;
/** Of the last picture of a segment that must end: it lasts a while as well. */
const ROOM_SECONDS = 0.09;
/** Sound that is later than this after its pictures is left out. */
const LATEST_SOUND_SECONDS = 2;

/** A segment that grows, or that waits for its sound. Times in ticks of video. */
interface Growing {
  readonly begin: number;
  readonly first: boolean;
  readonly period: Period & { readonly video: VideoConfig };
  readonly samples: Sample[];
  end: number;
}

interface Pending {
  readonly data: Buffer;
  readonly keyFrame: boolean;
  readonly at: number;
}

/** Puts the pictures and the sound of a composition together to segments, each of which begins with a key frame. */
export class Segmenter {
  readonly #options: SegmenterOptions;
  readonly #sound = new SoundQueue();
  readonly #frameTicks: number;
  /** From one key frame to the next. */
  readonly #groupTicks: number;
  #segment: Growing | undefined;
  /** How long it is shown is known with the next one. */
  #pending: Pending | undefined;
  readonly #ended: Growing[] = [];

  constructor(options: SegmenterOptions) {
    this.#options = options;
    const { framesPerSecond } = options.start;
    this.#frameTicks = Math.round(VIDEO_TIMESCALE / framesPerSecond);
    this.#groupTicks = Math.ceil((framesPerKeyFrame(framesPerSecond) * VIDEO_TIMESCALE) / framesPerSecond);
  }

  picture({ timeMs, units, keyFrame, config }: EncodedPicture): void {
    const at = Math.round(timeMs * TICKS_PER_MS);
    if (this.#pending && at <= this.#pending.at) return;
    // Nothing came for a while: what was shown last is not shown for longer than a segment may be.
    if (this.#segment && at > this.#segment.begin + this.#seconds(ROUNDED_OFF_SECONDS - ROOM_SECONDS)) this.#break();
    if (!this.#segment && !config) return;
    this.#showPendingUntil(at);
    if (config) this.#keyFrame(at, config);
    this.#pending = { data: videoSample(units), keyFrame, at };
    this.#release(at - LATEST_SOUND_SECONDS * VIDEO_TIMESCALE);
  }

  sound(sound: EncodedSound): void {
    this.#sound.add(sound);
    this.#release(-Infinity);
  }

  /** Nothing comes after it. */
  end(): void {
    this.#break();
    this.#release(Infinity);
  }

  #keyFrame(at: number, config: VideoConfig): void {
    const segment = this.#segment;
    if (!segment) {
      this.#begin(at, config, true);
    } else if (!sameConfig(config, segment.period.video)) {
      this.#cut(segment, at);
      this.#begin(at, config, true);
    } else if (this.#isEnough(at - segment.begin)) {
      this.#cut(segment, at);
      this.#begin(at, config, false);
    }
  }

  /** Also if it would be too much with another group. */
  #isEnough(ticks: number): boolean {
    const target = this.#options.targetDurationSeconds * VIDEO_TIMESCALE - this.#frameTicks;
    return ticks >= target || ticks + this.#groupTicks > this.#seconds(ROUNDED_OFF_SECONDS - ROOM_SECONDS);
  }

  /** Ends the segment after the picture that is shown, with which nothing goes on. */
  #break(): void {
    const [segment, pending] = [this.#segment, this.#pending];
    if (!segment || !pending) return;
    const end = Math.min(pending.at + this.#frameTicks, segment.begin + this.#seconds(ROUNDED_OFF_SECONDS));
    this.#showPendingUntil(end);
    this.#cut(segment, end);
  }

  #begin(begin: number, video: VideoConfig, first: boolean): void {
    const { audioSpecificConfig } = this.#options.start;
    this.#segment = { begin, first, period: { video, audio: { audioSpecificConfig } }, samples: [], end: begin };
  }

  #cut(segment: Growing, end: number): void {
    segment.end = end;
    this.#ended.push(segment);
    this.#segment = undefined;
  }

  #showPendingUntil(at: number): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!pending) return;
    this.#segment?.samples.push({ data: pending.data, keyFrame: pending.keyFrame, duration: at - pending.at });
  }

  /** @param waitedFor segments that ended by this time wait for their sound no longer */
  #release(waitedFor: number): void {
    for (let segment = this.#ended[0]; segment; segment = this.#ended[0]) {
      const until = Math.round((segment.end * AUDIO_TIMESCALE) / VIDEO_TIMESCALE);
      if (this.#sound.coveredUntil < until && segment.end > waitedFor) return;
      this.#ended.shift();
      const from = Math.round((segment.begin * AUDIO_TIMESCALE) / VIDEO_TIMESCALE);
      this.#tell(segment, this.#sound.take(from, until));
    }
  }

  #tell({ begin, end, samples, period, first }: Growing, audio: Track | undefined): void {
    this.#options.onSegment({
      period,
      first,
      wallClockMs: this.#options.start.beginWallClockMs + begin / TICKS_PER_MS,
      durationSeconds: (end - begin) / VIDEO_TIMESCALE,
      video: { baseTime: begin, samples },
      ...(audio && { audio }),
    });
  }

  /** The longest that a segment may be, and a little more. */
  #seconds(more: number): number {
    return Math.floor((this.#options.maximumDurationSeconds + more) * VIDEO_TIMESCALE);
  }
}
