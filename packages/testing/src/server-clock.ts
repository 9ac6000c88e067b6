import type { Orders } from './orders.ts';

/** A span of time: the sum of its members. */
export interface Duration {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  milliseconds?: number;
}

/** The time by which tokens expire, sessions end and history goes. Signatures are judged by the real time all along. */
export class ServerClock {
  readonly #orders: Orders;

  constructor(orders: Orders) {
    this.#orders = orders;
  }

  async now(): Promise<Date> {
    return timeOf(await this.#orders.send('GET', 'clock'));
  }

  /**
   * Moves the clock ahead. Resolves with the new time once what came due on the way is done.
   *
   * @throws when the duration is negative
   */
  async advance(duration: Duration): Promise<Date> {
    return timeOf(await this.#orders.send('POST', 'clock', { advanceSeconds: secondsOf(duration) }));
  }
}

function secondsOf({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: Duration): number {
  return days * 86_400 + hours * 3_600 + minutes * 60 + seconds + milliseconds / 1_000;
}

function timeOf(answer: unknown): Date {
  return new Date((answer as { now: string }).now);
}
