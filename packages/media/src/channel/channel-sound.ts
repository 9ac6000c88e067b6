import { AUDIO_TIMESCALE, type Sample, type Track } from '../hls/track.ts';

const FRAME_SAMPLES = 1_024;
/** Encoders round their timestamps, and some count on where sound lags: until it is off by more, sound goes on from itself. */
const TOLERANCE_TICKS = AUDIO_TIMESCALE / 10;
/** A minute of which nobody shows a picture. */
const MAXIMUM_FRAMES = 3_000;

interface Placed {
  readonly at: number;
  readonly data: Buffer;
}

/** Frames of AAC that wait for their segment, placed so that they go on from each other. Times in ticks of sound. */
export class ChannelSound {
  readonly #frames: Placed[] = [];
  readonly #frameTicks: number;
  #end = -Infinity;

  constructor(sampleRateHz: number) {
    this.#frameTicks = (FRAME_SAMPLES * AUDIO_TIMESCALE) / sampleRateHz;
  }

  /** Nothing more comes before it. */
  get coveredUntil(): number {
    return this.#end;
  }

  /** What goes back further than tolerated is left out. */
  add(at: number, data: Buffer): void {
    const off = at - this.#end;
    if (off < -TOLERANCE_TICKS) return;
    const begin = off > TOLERANCE_TICKS ? at : this.#end;
    this.#frames.push({ at: begin, data });
    this.#end = begin + this.#frameTicks;
    if (this.#frames.length > MAXIMUM_FRAMES) this.#frames.shift();
  }

  /** The frames that begin between two times; those before them are left out. Where there is a hole, the one before it lasts. */
  take(from: number, until: number): Track | undefined {
    const count = this.#frames.findIndex(({ at }) => at >= until);
    const taken = this.#frames.splice(0, count === -1 ? this.#frames.length : count).filter(({ at }) => at >= from);
    const [first] = taken;
    if (!first) return undefined;
    const samples = taken.map(({ at, data }, index): Sample => {
      const next = taken[index + 1]?.at ?? at + this.#frameTicks;
      return { data, keyFrame: true, duration: Math.round(next) - Math.round(at) };
    });
    return { baseTime: Math.round(first.at), samples };
  }
}
