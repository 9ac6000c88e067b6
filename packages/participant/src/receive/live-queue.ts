/**
 * Between what comes by itself and somebody who takes it at his own pace. Holds so many items; when another one comes, the
 * oldest goes.
 */
export class LiveQueue<Item> implements AsyncIterableIterator<Item> {
  readonly #maximumItems: number;
  readonly #onEnd: () => void;
  readonly #items: Item[] = [];
  /** Those who wait for an item; then there are none. */
  readonly #waiting: PromiseWithResolvers<IteratorResult<Item>>[] = [];
  #ended = false;

  /** @param onEnd called once, when nothing comes any more or nobody takes any more */
  constructor(maximumItems: number, onEnd: () => void) {
    this.#maximumItems = maximumItems;
    this.#onEnd = onEnd;
  }

  get full(): boolean {
    return this.#items.length >= this.#maximumItems;
  }

  push(item: Item): void {
    if (this.#ended) return;
    const waiting = this.#waiting.shift();
    if (waiting) {
      waiting.resolve({ value: item, done: false });
      return;
    }
    if (this.full) this.#items.shift();
    this.#items.push(item);
  }

  /** Throws away what nobody has taken yet. */
  clear(): void {
    this.#items.length = 0;
  }

  /** Nothing comes any more; what is there can still be taken. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
    this.#onEnd();
  }

  next(): Promise<IteratorResult<Item>> {
    const [item] = this.#items.splice(0, 1);
    if (item !== undefined) return Promise.resolve({ value: item, done: false });
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    const waiting = Promise.withResolvers<IteratorResult<Item>>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  return(): Promise<IteratorResult<Item>> {
    this.clear();
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
