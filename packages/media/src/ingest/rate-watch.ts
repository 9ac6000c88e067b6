import { CounterAverage } from '../sfu/counter-average.ts';
import type { IngestViolation } from '../sfu/ingest-source.ts';

/** What came of one track of the video. */
export interface TrackRate {
  /** By timestamps. */
  readonly framesPerSecond: number | undefined;
  /** So far. */
  readonly pictures: number;
}

/** What came. */
export interface MediaRates {
  /** Of all tracks of the video, by the order in which they came. */
  readonly tracks: readonly TrackRate[];
  /** So far, as they came. */
  readonly audioBytes: number;
  /** To which media time they reach. */
  readonly audioMs: number;
}

export interface RateBreach {
  readonly violation: IngestViolation;
  /** For people. */
  readonly description: string;
}

const FRAMES_PER_SECOND = { least: 10, most: 60 } as const;
const MAXIMUM_AUDIO_BPS = 160_000;
/** Encoders swing around what they are set to. */
const TOLERANCE = 1.1;
const AUDIO_WINDOW_MS = 10_000;
/** Encoders leave pictures out while a line is bad. */
const ODD_SECONDS = 10;

/** Notices pictures that come too rarely or too often for ten seconds on end, and sound that takes too much. */
export class RateWatch {
  readonly #audio = new CounterAverage(AUDIO_WINDOW_MS);
  readonly #tracks: { pictures: number; oddSeconds: number }[] = [];

  /** Once a second. */
  breach({ tracks, audioBytes, audioMs }: MediaRates): RateBreach | undefined {
    const longest = Math.max(0, ...tracks.map((rate, index) => this.#oddSeconds(index, rate)));
    if (longest >= ODD_SECONDS) {
      const { least, most } = FRAMES_PER_SECOND;
      return { violation: 'INVALID_INPUT', description: `A stage needs ${least} to ${most} pictures a second` };
    }
    const audioBps = 8 * (this.#audio.add(audioBytes, audioMs) ?? 0);
    if (audioBps <= TOLERANCE * MAXIMUM_AUDIO_BPS) return undefined;
    return {
      violation: 'BITRATE_EXCEEDED',
      description: `The audio has more than ${MAXIMUM_AUDIO_BPS / 1_000} kbit/s`,
    };
  }

  /** For how long a track has had too few or too many. */
  #oddSeconds(index: number, { framesPerSecond = 0, pictures }: TrackRate): number {
    const { least, most } = FRAMES_PER_SECOND;
    const before = this.#tracks[index] ?? { pictures: 0, oddSeconds: 0 };
    // What does not come at all is the matter of others.
    const isOdd =
      pictures > before.pictures && (framesPerSecond * TOLERANCE < least || framesPerSecond > TOLERANCE * most);
    const oddSeconds = isOdd ? before.oddSeconds + 1 : 0;
    this.#tracks[index] = { pictures, oddSeconds };
    return oddSeconds;
  }
}
