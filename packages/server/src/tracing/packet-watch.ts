import type { DeliveredMedia } from '@proscenium/media';
import { type AlarmClock, wait } from '../clock.ts';

/** To whom packets are to be sent. */
export interface WatchedReceiver {
  delivered(): Promise<DeliveredMedia | undefined>;
}

/** At a time: each look is a question to a media worker. */
const MAXIMUM_WATCHED = 100;
/** Between two looks; each wait is twice as long as the one before. */
const FIRST_INTERVAL_MS = 20;
const LONGEST_INTERVAL_MS = 640;
/** A publisher that sends nothing leaves its subscribers without a first packet. */
const LONGEST_WAIT_MS = 10_000;

/** Looks whether receivers are sent packets, to the worker's own reckoning of what it sends. */
export class PacketWatch {
  readonly #clock: AlarmClock;
  readonly #closed = new AbortController();
  #watched = 0;

  constructor(clock: AlarmClock) {
    this.#clock = clock;
  }

  get isFull(): boolean {
    return this.#watched >= MAXIMUM_WATCHED;
  }

  /**
   * Waits for the first packet.
   *
   * @param isOver whether there is nothing to wait for any more
   * @returns whether there was one in time
   */
  async untilSent(receiver: WatchedReceiver, isOver: () => boolean): Promise<boolean> {
    this.#watched += 1;
    try {
      let waitedMs = 0;
      let intervalMs = FIRST_INTERVAL_MS;
      while (!isOver() && !this.#closed.signal.aborted) {
        if (await isSent(receiver)) return true;
        if (waitedMs >= LONGEST_WAIT_MS) return false;
        await wait(this.#clock, intervalMs, this.#closed.signal);
        waitedMs += intervalMs;
        intervalMs = Math.min(2 * intervalMs, LONGEST_INTERVAL_MS);
      }
      return false;
    } finally {
      this.#watched -= 1;
    }
  }

  close(): void {
    this.#closed.abort();
  }
}

async function isSent(receiver: WatchedReceiver): Promise<boolean> {
  const delivered = await receiver.delivered();
  return delivered !== undefined && delivered.bitrateBps.audio + delivered.bitrateBps.video > 0;
}
