import type { AacFrame } from '../codec/aac-encoder.ts';
import type { BlackPicture } from '../codec/black-picture.ts';
import type { VideoConfig } from '../hls/sample-entry.ts';
import type { Sample } from '../hls/track.ts';
import { videoSample } from '../hls/video-sample.ts';
import { readSequenceParameterSet } from '../rtp/sequence-parameter-set.ts';
import type { AudioTrack } from './audio-track.ts';
import { sameConfig } from './parameter-sets.ts';
import type { Period, Segment } from './segment.ts';

/** A picture of H.264, after all those it needs. */
export interface TimedPicture {
  readonly timeMs: number;
  readonly units: readonly Buffer[];
  /** Of a key frame: what it and those after it are decoded with. */
  readonly config: VideoConfig | undefined;
}

export interface TimelineOptions {
  readonly targetSegmentDurationSeconds: number;
  /** No segment is longer. */
  readonly maximumSegmentDurationSeconds: number;
  readonly audio: AudioTrack;
  /** What position 0 of the audio is, on the clock of all other times here. */
  readonly beginMs: number;
  /** The same in milliseconds since 1970. */
  readonly beginWallClockMs: number;
  /** With even sides. */
  blackPicture(width: number, height: number): BlackPicture;
  /** May be called often. */
  requestKeyFrame(): void;
  onSegment(segment: Segment): void;
}

const VIDEO_TICKS_PER_MS = 90;
const AUDIO_SAMPLES_PER_MS = 48;
/** So long before a segment must end a key frame is asked for; the next one ends it. */
const KEY_FRAME_AHEAD_MS = 500;
/** Pictures and sound that belong to a time may come so much later: they wait for what was lost on the way. */
const GRACE_MS = 1_000;
/** Of black before the first picture. */
const UNKNOWN_SIZE = { width: 640, height: 360 };
/** What a picture lasts that none follows. */
const LAST_PICTURE_MS = 33;

/** A segment that grows, or one whose sound has not all come. Times in ticks of video. */
interface Growing {
  readonly begin: number;
  readonly first: boolean;
  readonly period: Period;
  readonly samples: Sample[];
  end: number;
}

interface Pending {
  readonly data: Buffer;
  readonly keyFrame: boolean;
  readonly at: number;
}

/** What is shown at a time: pictures as they come, black where there are none, or nothing. */
type Shown = 'pictures' | 'black' | 'nothing';

/** Puts pictures and sound of one publisher together to segments, each of which begins with a key frame. */
export class Timeline {
  readonly #options: TimelineOptions;
  readonly #targetMs: number;
  #shown: Shown = 'nothing';
  #period: Period;
  #segment: Growing;
  /** How long it is shown is known with the next one. */
  #pending: Pending | undefined;
  readonly #ended: Growing[] = [];
  #size = UNKNOWN_SIZE;

  /** Begins with sound alone, until there is a picture. */
  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#targetMs = 1_000 * Math.min(options.targetSegmentDurationSeconds, options.maximumSegmentDurationSeconds);
    this.#period = this.#periodWith(undefined);
    this.#segment = this.#grow(0, true);
  }

  /** Takes a picture, in the order of decoding. */
  picture({ timeMs, units, config }: TimedPicture): void {
    this.#catchUp(this.#ticks(timeMs));
    if (this.#shown !== 'pictures' && !config) {
      this.#options.requestKeyFrame();
      return;
    }
    const earliest = this.#shown === 'pictures' && this.#pending ? this.#pending.at + 1 : this.#segment.begin;
    const at = Math.max(this.#ticks(timeMs), earliest);
    if (config) this.#keyFrame(at, config);
    else if (at - this.#segment.begin >= this.#askAfterTicks) this.#options.requestKeyFrame();
    this.#show({ data: videoSample(units), keyFrame: config !== undefined, at });
  }

  /** No pictures come for now: black, in the size of those before it. */
  black(timeMs: number): void {
    const at = Math.max(this.#ticks(timeMs), this.#segment.begin);
    this.#catchUp(at);
    if (this.#shown !== 'black') this.#showBlack(Math.max(at, this.#pending?.at ?? 0));
  }

  /** Ends what cannot wait any longer. To be called now and then. */
  advance(nowMs: number): void {
    const now = this.#ticks(nowMs - GRACE_MS);
    this.#catchUp(now);
    if (this.#shown !== 'pictures' && now >= this.#targetEnd) this.#goOnWithout(this.#targetEnd);
    this.#release(nowMs);
  }

  /** Nothing comes after this time. */
  end(timeMs: number): void {
    this.#catchUp(this.#ticks(timeMs));
    const least = this.#pending ? this.#pending.at + LAST_PICTURE_MS * VIDEO_TICKS_PER_MS : this.#segment.begin;
    this.#cut(Math.min(Math.max(this.#ticks(timeMs), least), this.#longestEnd));
    this.#release(Infinity);
  }

  /** Ends all that would become too long before the time. */
  #catchUp(at: number): void {
    if (this.#shown === 'pictures' && at > this.#longestEnd) {
      this.#showBlack(this.#longestEnd);
      this.#options.requestKeyFrame();
    }
    while (this.#shown !== 'pictures' && at > this.#longestEnd) this.#goOnWithout(this.#targetEnd);
  }

  #keyFrame(at: number, config: VideoConfig): void {
    const changed = this.#shown !== 'pictures' || !sameConfig(config, this.#period.video);
    if (changed || at - this.#segment.begin >= this.#askAfterTicks) this.#cut(at);
    if (!changed) return;
    this.#changeTo(at, config);
    this.#shown = 'pictures';
    const { width, height } = readSequenceParameterSet(config.sequenceParameterSets[0]);
    this.#size = { width: width & ~1, height: height & ~1 };
  }

  #showBlack(at: number): void {
    const { sps, pps } = this.#blackPicture();
    this.#cut(at);
    this.#changeTo(at, { sequenceParameterSets: [sps], pictureParameterSets: [pps] });
    this.#shown = 'black';
    this.#show(this.#blackSample(at));
  }

  /** Another segment without pictures. Of black, one lasts for the whole segment. */
  #goOnWithout(at: number): void {
    this.#cut(at);
    if (this.#shown === 'black') this.#show(this.#blackSample(at));
  }

  #blackSample(at: number): Pending {
    return { data: videoSample([this.#blackPicture().idr]), keyFrame: true, at };
  }

  #blackPicture(): BlackPicture {
    return this.#options.blackPicture(this.#size.width, this.#size.height);
  }

  #show(next: Pending): void {
    this.#showPendingUntil(next.at);
    this.#pending = next;
  }

  #showPendingUntil(at: number): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!pending || at <= pending.at) return;
    this.#segment.samples.push({ data: pending.data, keyFrame: pending.keyFrame, duration: at - pending.at });
  }

  /** Ends the segment, and begins the next one. */
  #cut(at: number): void {
    this.#showPendingUntil(at);
    const segment = this.#segment;
    if (at <= segment.begin) return;
    segment.end = at;
    this.#ended.push(segment);
    this.#segment = this.#grow(at, false);
  }

  #changeTo(at: number, video: VideoConfig): void {
    this.#period = this.#periodWith(video);
    this.#segment = this.#grow(at, true);
  }

  #grow(begin: number, first: boolean): Growing {
    return { begin, first, period: this.#period, samples: [], end: begin };
  }

  #periodWith(video: VideoConfig | undefined): Period {
    const { audioSpecificConfig } = this.#options.audio;
    return { ...(video && { video }), audio: { audioSpecificConfig } };
  }

  /** Tells the ended segments whose sound is there, or will not come. */
  #release(nowMs: number): void {
    const { audio } = this.#options;
    for (let segment = this.#ended[0]; segment; segment = this.#ended[0]) {
      const audioEnd = Math.round((segment.end / VIDEO_TICKS_PER_MS) * AUDIO_SAMPLES_PER_MS);
      if (audio.coveredUntil < audioEnd) {
        if (this.#ticks(nowMs - GRACE_MS) < segment.end) return;
        audio.cover(audioEnd);
      }
      this.#ended.shift();
      this.#tell(segment, audio.take(audioEnd));
    }
  }

  #tell(segment: Growing, frames: readonly AacFrame[]): void {
    const { begin, end, samples, period, first } = segment;
    const [firstFrame] = frames;
    if (samples.length === 0 && !firstFrame) return;
    const audioSeconds = (frames.length * 1_024) / (1_000 * AUDIO_SAMPLES_PER_MS);
    this.#options.onSegment({
      period,
      first,
      wallClockMs: this.#options.beginWallClockMs + begin / VIDEO_TICKS_PER_MS,
      durationSeconds: samples.length > 0 ? (end - begin) / (1_000 * VIDEO_TICKS_PER_MS) : audioSeconds,
      ...(samples.length > 0 && { video: { baseTime: begin, samples } }),
      ...(firstFrame && {
        audio: {
          baseTime: firstFrame.position,
          samples: frames.map(({ data }) => ({ data, keyFrame: true, duration: 1_024 })),
        },
      }),
    });
  }

  get #targetEnd(): number {
    return this.#segment.begin + this.#targetMs * VIDEO_TICKS_PER_MS;
  }

  get #longestEnd(): number {
    return this.#segment.begin + 1_000 * this.#options.maximumSegmentDurationSeconds * VIDEO_TICKS_PER_MS;
  }

  get #askAfterTicks(): number {
    return (this.#targetMs - KEY_FRAME_AHEAD_MS) * VIDEO_TICKS_PER_MS;
  }

  #ticks(timeMs: number): number {
    return Math.round((timeMs - this.#options.beginMs) * VIDEO_TICKS_PER_MS);
  }
}
