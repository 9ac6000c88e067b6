import type { InBandMessage } from './in-band-message.ts';

interface Pending {
  readonly message: InBandMessage;
  /** Pictures of each layer that carry it. */
  readonly pictures: number;
  /** Those that have carried it, by layer. */
  readonly carried: Map<number, number>;
  lapsesMs: number;
}

/** So many are kept; the oldest are lost when more come. */
const MAXIMUM_PENDING = 1_000;
const MAXIMUM_PER_PICTURE = 64;
/** The slowest video has a picture a second. */
const LONGEST_PICTURE_MS = 1_000;

/**
 * Messages that wait for pictures. Each goes into the next ones of every layer: a layer that is slower, or that nobody receives
 * just then, has a second more than the fastest one.
 */
export class PendingMessages {
  #pending: Pending[] = [];

  /** @param pictures of each layer that are to carry it */
  add(message: InBandMessage, pictures: number, nowMs: number): void {
    const lapsesMs = nowMs + (pictures + 1) * LONGEST_PICTURE_MS;
    this.#pending.push({ message, pictures, carried: new Map(), lapsesMs });
    if (this.#pending.length > MAXIMUM_PENDING) this.#pending.shift();
  }

  /** The messages for the next picture of a layer, the oldest first. @param layer any number of its own */
  take(layer: number, nowMs: number): InBandMessage[] {
    if (this.#pending.length === 0) return [];
    this.#pending = this.#pending.filter(({ lapsesMs }) => lapsesMs > nowMs);
    const taken = this.#pending
      .filter(({ carried, pictures }) => (carried.get(layer) ?? 0) < pictures)
      .slice(0, MAXIMUM_PER_PICTURE);
    for (const each of taken) {
      const times = (each.carried.get(layer) ?? 0) + 1;
      each.carried.set(layer, times);
      if (times === each.pictures) each.lapsesMs = Math.min(each.lapsesMs, nowMs + LONGEST_PICTURE_MS);
    }
    return taken.map(({ message }) => message);
  }
}
