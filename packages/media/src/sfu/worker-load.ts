/** A part of a worker's load. */
export interface LoadShare {
  /** Consumers that it stands for. */
  readonly consumers: number;
  resize(consumers: number): void;
  /** Does nothing the second time, and makes `resize` do nothing. */
  release(): void;
}

/** The number of consumers that a worker carries or is about to: the sum of the shares that were taken and not released. */
export class WorkerLoad {
  #consumers = 0;

  get consumers(): number {
    return this.#consumers;
  }

  take(consumers: number): LoadShare {
    let present = 0;
    let released = false;
    const share = {
      get consumers() {
        return present;
      },
      resize: (wanted: number) => {
        if (released) return;
        this.#consumers += wanted - present;
        present = wanted;
      },
      release: () => {
        share.resize(0);
        released = true;
      },
    };
    share.resize(consumers);
    return share;
  }
}
