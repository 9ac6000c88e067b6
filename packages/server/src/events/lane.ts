/** Ended deliveries whose places are kept before the list is cut: cutting at each would cost as much as the list is long. */
const ENDED_PLACES = 1_000;

/** The pending deliveries about one resource, by row number, oldest first. */
export class Lane {
  readonly resourceArn: string;
  /** Attempts in a row at the first one. */
  failures = 0;
  /** Those who must let go of it before its first delivery may go. */
  holders = 0;
  readonly #seqs: number[] = [];
  /** Where the first one stands; what is before has ended. */
  #begin = 0;

  constructor(resourceArn: string) {
    this.resourceArn = resourceArn;
  }

  get size(): number {
    return this.#seqs.length - this.#begin;
  }

  /** Undefined when it is empty. */
  get first(): number | undefined {
    return this.#seqs[this.#begin];
  }

  /** To be called in the order of row numbers. */
  add(seq: number): void {
    this.#seqs.push(seq);
  }

  /** Looks at the oldest ones alone, up to the newest of these. @returns how many of them were there */
  remove(ended: ReadonlySet<number>): number {
    const newest = Math.max(...ended);
    const before = this.size;
    const staying: number[] = [];
    for (let first = this.first; first !== undefined && first <= newest; first = this.first) {
      if (!ended.has(first)) staying.push(first);
      this.#begin += 1;
    }
    for (const seq of staying.reverse()) {
      this.#begin -= 1;
      this.#seqs[this.#begin] = seq;
    }
    const removed = before - this.size;
    if (this.#begin >= ENDED_PLACES && this.#begin > this.size) {
      this.#seqs.splice(0, this.#begin);
      this.#begin = 0;
    }
    return removed;
  }
}
