import type { AudioConfig, VideoConfig } from '../hls/sample-entry.ts';
import { AUDIO_TIMESCALE, type Sample, type Track, VIDEO_TIMESCALE } from '../hls/track.ts';
import { videoSample } from '../hls/video-sample.ts';
import { sameConfig } from '../recording/parameter-sets.ts';
import type { Segment } from '../recording/segment.ts';
import { ChannelSound } from './channel-sound.ts';

/** A picture of H.264 in the order of decoding. */
export interface ChannelPicture {
  /** On the clock that sound has too. */
  readonly decodedAtMs: number;
  readonly shownAtMs: number;
  readonly keyFrame: boolean;
  /** NAL units without start codes. */
  readonly units: readonly Buffer[];
  /** What it is decoded with. */
  readonly config: VideoConfig;
}

/** What sound is decoded with. */
export interface ChannelSoundFormat extends AudioConfig {
  readonly sampleRateHz: number;
}

export interface ChannelSegmenterOptions {
  readonly targetDurationSeconds: number;
  /**
   * @param segment whole seconds, rounded, that no later one is longer than: the same with all of them
   */
  onSegment(segment: Segment, maximumDurationSeconds: number): void;
}

/** Key frames that are further apart are not waited for. */
export const LONGEST_SEGMENT_SECONDS = 10;
/** Of the segment that grows and those that wait for their sound: an encoder that sends more is beyond what any player takes. */
const MAXIMUM_BYTES = 64 * 1024 * 1024;
/** What a picture takes beside its bytes, however small it is. */
const PICTURE_OVERHEAD_BYTES = 256;
const TICKS_PER_MS = VIDEO_TIMESCALE / 1_000;
/** Longer than a maximum by less than what would be rounded up. */
const ROUNDED_OFF_SECONDS = 0.49;
/** Encoders round their times: a group that is shorter by so much is as long as it should be. */
const SHORT_BY_SECONDS = 0.05;
/** Sound that is later than this after its pictures is left out. */
const LATEST_SOUND_SECONDS = 3;
/** A picture after which nothing came. */
const LAST_PICTURE_TICKS = VIDEO_TIMESCALE / 30;

/** A segment that grows, or that waits for its sound. Times in ticks of video. */
interface Growing {
  readonly begin: number;
  readonly first: boolean;
  readonly video: VideoConfig;
  readonly audio: ChannelSoundFormat;
  readonly sound: ChannelSound;
  readonly samples: Sample[];
  bytes: number;
  end: number;
}

interface Pending extends Omit<Sample, 'duration'> {
  readonly at: number;
}

/**
 * Puts an encoder's pictures and sound together to segments. Each begins with a key frame, unless those are further apart than a
 * segment may be long. How long that is, the first two key frames say.
 */
export class ChannelSegmenter {
  readonly #options: ChannelSegmenterOptions;
  #maximumSeconds: number | undefined;
  /** What time 0 of the stream is. */
  #begin: { readonly mediaMs: number; readonly wallClockMs: number } | undefined;
  #format: ChannelSoundFormat | undefined;
  #sound: ChannelSound | undefined;
  #segment: Growing | undefined;
  /** How long it lasts is known with the next one. */
  #pending: Pending | undefined;
  readonly #ended: Growing[] = [];

  constructor(options: ChannelSegmenterOptions) {
    this.#options = options;
  }

  /** How the sound that comes next is decoded. Where it is another way than before, a new period begins with the next key frame. */
  format(format: ChannelSoundFormat): void {
    if (this.#format?.audioSpecificConfig.equals(format.audioSpecificConfig)) return;
    this.#format = format;
    this.#sound = new ChannelSound(format.sampleRateHz);
  }

  /**
   * Nothing is taken before there is a format of sound and a key frame.
   *
   * @param wallClockMs when it came, in milliseconds since 1970
   * @throws {RangeError} for more than is taken
   */
  picture(picture: ChannelPicture, wallClockMs: number): void {
    const format = this.#format;
    if (!format || (!this.#begin && !picture.keyFrame)) return;
    this.#begin ??= { mediaMs: picture.decodedAtMs, wallClockMs };
    const at = Math.max(this.#ticks(picture.decodedAtMs), (this.#pending?.at ?? -1) + 1);
    this.#makeRoom(at);
    this.#endPending(at);
    if (picture.keyFrame) this.#keyFrame(at, picture.config, format);
    if (!this.#segment) return;
    const data = videoSample(picture.units);
    this.#segment.bytes += data.length + PICTURE_OVERHEAD_BYTES;
    const heldBytes = this.#ended.reduce((sum, { bytes }) => sum + bytes, this.#segment.bytes);
    if (heldBytes > MAXIMUM_BYTES) throw new RangeError('A segment is larger than any that is taken');
    this.#pending = {
      at,
      data,
      keyFrame: picture.keyFrame,
      compositionOffset: this.#ticks(picture.shownAtMs) - at,
    };
    this.#release(at - LATEST_SOUND_SECONDS * VIDEO_TIMESCALE);
  }

  sound(atMs: number, data: Buffer): void {
    if (!this.#begin) return;
    this.#sound?.add(((atMs - this.#begin.mediaMs) * AUDIO_TIMESCALE) / 1_000, data);
    this.#release(-Infinity);
  }

  /** Nothing comes after it. */
  end(): void {
    this.#break();
    this.#release(Infinity);
  }

  #keyFrame(at: number, video: VideoConfig, audio: ChannelSoundFormat): void {
    const segment = this.#segment;
    if (!segment) {
      this.#open(at, video, audio, true);
      return;
    }
    const isOther = !sameConfig(video, segment.video) || audio !== segment.audio;
    const seconds = (at - segment.begin) / VIDEO_TIMESCALE;
    if (!isOther && seconds < this.#options.targetDurationSeconds - SHORT_BY_SECONDS) return;
    this.#cut(segment, at);
    this.#open(at, video, audio, isOther);
  }

  /** No segment becomes too long by a picture that lasts until now. */
  #makeRoom(at: number): void {
    const [segment, pending, longest] = [this.#segment, this.#pending, this.#longestTicks];
    if (!segment || !pending || at - segment.begin <= longest) return;
    // Nothing came for a while: what was shown last is not shown for that long.
    if (at - pending.at > longest) {
      this.#break();
      return;
    }
    // Key frames are too far apart.
    this.#cut(segment, pending.at);
    this.#open(pending.at, segment.video, segment.audio, false);
  }

  /** Ends the segment after the picture that is shown. It is gone on with from a key frame. */
  #break(): void {
    const [segment, pending] = [this.#segment, this.#pending];
    if (!segment || !pending) return;
    const end = Math.min(pending.at + LAST_PICTURE_TICKS, segment.begin + this.#longestTicks);
    this.#endPending(end);
    this.#cut(segment, end);
  }

  #open(begin: number, video: VideoConfig, audio: ChannelSoundFormat, first: boolean): void {
    const sound = this.#sound ?? new ChannelSound(audio.sampleRateHz);
    this.#segment = { begin, first, video, audio, sound, samples: [], bytes: 0, end: begin };
  }

  #cut(segment: Growing, end: number): void {
    segment.end = end;
    this.#segment = undefined;
    const seconds = Math.round((end - segment.begin) / VIDEO_TIMESCALE);
    this.#maximumSeconds ??= Math.min(Math.max(seconds, this.#options.targetDurationSeconds), LONGEST_SEGMENT_SECONDS);
    this.#ended.push(segment);
  }

  /** Of any segment. */
  get #longestTicks(): number {
    const seconds = this.#maximumSeconds ?? LONGEST_SEGMENT_SECONDS;
    return (seconds + ROUNDED_OFF_SECONDS) * VIDEO_TIMESCALE;
  }

  #endPending(at: number): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (!pending) return;
    const { at: begin, ...sample } = pending;
    this.#segment?.samples.push({ ...sample, duration: at - begin });
  }

  /** @param waitedFor segments that ended by this time wait for their sound no longer */
  #release(waitedFor: number): void {
    for (let segment = this.#ended[0]; segment; segment = this.#ended[0]) {
      const until = (segment.end * AUDIO_TIMESCALE) / VIDEO_TIMESCALE;
      const isOver = segment.sound !== this.#sound;
      if (!isOver && segment.sound.coveredUntil < until && segment.end > waitedFor) return;
      this.#ended.shift();
      this.#tell(segment, segment.sound.take((segment.begin * AUDIO_TIMESCALE) / VIDEO_TIMESCALE, until));
    }
  }

  #tell({ begin, end, samples, video, audio, first }: Growing, sound: Track | undefined): void {
    const segment: Segment = {
      period: { video, audio: { audioSpecificConfig: audio.audioSpecificConfig } },
      first,
      wallClockMs: (this.#begin?.wallClockMs ?? 0) + begin / TICKS_PER_MS,
      durationSeconds: (end - begin) / VIDEO_TIMESCALE,
      video: { baseTime: begin, samples },
      ...(sound && { audio: sound }),
    };
    this.#options.onSegment(segment, this.#maximumSeconds ?? LONGEST_SEGMENT_SECONDS);
  }

  #ticks(mediaMs: number): number {
    return Math.round((mediaMs - (this.#begin?.mediaMs ?? mediaMs)) * TICKS_PER_MS);
  }
}
