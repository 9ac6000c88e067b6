/** A voice that comes later or earlier than this, by the beat of the output, is put back into its place. */
const TOLERANCE_SECONDS = 0.2;

/** Takes in voices, and gives their sum some time later. All of them have one channel and the same rate. */
export class DelayLine {
  readonly #sum: Int32Array;
  readonly #delay: number;
  readonly #tolerance: number;
  /** Counts the samples that were taken out. */
  #position = 0;

  constructor(sampleRate: number, delaySeconds: number) {
    this.#delay = Math.round(sampleRate * delaySeconds);
    this.#tolerance = sampleRate * TOLERANCE_SECONDS;
    this.#sum = new Int32Array(2 * this.#delay + sampleRate);
  }

  /** A place to put one voice in, piece by piece. */
  voice(): (samples: Int16Array) => void {
    let next = Number.NEGATIVE_INFINITY;
    return (samples) => {
      const wanted = this.#position + this.#delay;
      if (Math.abs(next - wanted) > this.#tolerance) next = wanted;
      for (const [index, sample] of samples.entries()) this.#add(next + index, sample);
      next += samples.length;
    };
  }

  take(length: number): Int16Array {
    const samples = new Int16Array(length);
    for (let index = 0; index < length; index += 1) {
      const place = this.#place(this.#position + index);
      samples[index] = Math.max(-32_768, Math.min(32_767, this.#sum[place] ?? 0));
      this.#sum[place] = 0;
    }
    this.#position += length;
    return samples;
  }

  #add(position: number, sample: number): void {
    const place = this.#place(position);
    this.#sum[place] = (this.#sum[place] ?? 0) + sample;
  }

  #place(position: number): number {
    return position % this.#sum.length;
  }
}
