/** One of a limited number. Giving it back again does nothing. */
export interface Place {
  release(): void;
}

export interface PlacesOptions {
  /** Infinity: unlimited. */
  readonly limit: number;
  /** Of what there are no more then: `publishers in the stage`. */
  readonly what: string;
  /** How many are taken by others, who keep count themselves. Default none. */
  readonly takenElsewhere?: () => number;
}

/** What only so many may have at a time. Whoever finds none can wait until one is given back. */
export class Places {
  readonly #options: PlacesOptions;
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();
  #taken = 0;
  #waking = false;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Without those that are taken elsewhere. */
  get taken(): number {
    return this.#taken;
  }

  get isFull(): boolean {
    const { limit, takenElsewhere } = this.#options;
    return this.#taken + (takenElsewhere?.() ?? 0) >= limit;
  }

  get fullMessage(): string {
    return `There are ${this.#options.limit} ${this.#options.what} already`;
  }

  /** @throws when there is none: ask `isFull` first */
  take(): Place {
    if (this.isFull) throw new Error(this.fullMessage);
    this.#taken += 1;
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#taken -= 1;
        this.#wakeSoon();
      },
    };
  }

  /** Called whenever there is room, until `stopWaiting`. */
  wait(tryAgain: () => void): void {
    this.#waiting.add(tryAgain);
  }

  stopWaiting(tryAgain: () => void): void {
    this.#waiting.delete(tryAgain);
  }

  /** After whatever is being done now: who waits is not called in the midst of another one's change. */
  #wakeSoon(): void {
    if (this.#waking || this.#waiting.size === 0) return;
    this.#waking = true;
    queueMicrotask(() => {
      this.#waking = false;
      for (const tryAgain of [...this.#waiting]) {
        if (this.isFull) return;
        tryAgain();
      }
    });
  }
}

/** One of each. @throws when one of them has none: ask `isFull` first */
export function takeAll(all: readonly Places[]): Place {
  const taken = all.map((places) => places.take());
  return {
    release: () => {
      for (const place of taken) place.release();
    },
  };
}
