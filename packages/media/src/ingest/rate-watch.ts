import { CounterAverage } from '../sfu/counter-average.ts';
import type { IngestViolation } from '../sfu/ingest-source.ts';

/** What came, as it was measured by timestamps. */
export interface MediaRates {
  readonly framesPerSecond: number | undefined;
  /** So far. */
  readonly pictures: number;
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
  #pictures = 0;
  #oddSeconds = 0;

  /** Once a second. */
  breach({ framesPerSecond = 0, pictures, audioBytes, audioMs }: MediaRates): RateBreach | undefined {
    const { least, most } = FRAMES_PER_SECOND;
    // What does not come at all is the matter of others.
    const isOdd =
      pictures > this.#pictures && (framesPerSecond * TOLERANCE < least || framesPerSecond > TOLERANCE * most);
    this.#oddSeconds = isOdd ? this.#oddSeconds + 1 : 0;
    this.#pictures = pictures;
    if (this.#oddSeconds >= ODD_SECONDS) {
      return { violation: 'INVALID_INPUT', description: `A stage needs ${least} to ${most} pictures a second` };
    }
    const audioBps = 8 * (this.#audio.add(audioBytes, audioMs) ?? 0);
    if (audioBps <= TOLERANCE * MAXIMUM_AUDIO_BPS) return undefined;
    return {
      violation: 'BITRATE_EXCEEDED',
      description: `The audio has more than ${MAXIMUM_AUDIO_BPS / 1_000} kbit/s`,
    };
  }
}
