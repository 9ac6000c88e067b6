import { LiveQueue } from './live-queue.ts';

export interface TakeOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
}

/** Hands what comes to everybody who takes it, each by a queue of his own. */
export class FanOut<Item> {
  readonly #maximumItems: number;
  readonly #queues = new Set<LiveQueue<Item>>();
  #ended = false;

  constructor(maximumItems: number) {
    this.#maximumItems = maximumItems;
  }

  get queues(): Iterable<LiveQueue<Item>> {
    return this.#queues;
  }

  open({ signal }: TakeOptions): LiveQueue<Item> {
    const stop = () => void queue.return();
    const queue = new LiveQueue<Item>(this.#maximumItems, () => {
      this.#queues.delete(queue);
      signal?.removeEventListener('abort', stop);
    });
    signal?.addEventListener('abort', stop, { once: true });
    this.#queues.add(queue);
    if (this.#ended || signal?.aborted) queue.end();
    return queue;
  }

  end(): void {
    this.#ended = true;
    for (const queue of this.#queues) queue.end();
  }
}
