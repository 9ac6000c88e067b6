import type { AlarmClock } from './clock.ts';

/** A clock that stands still until it is moved by hand. */
export class HandClock implements AlarmClock {
  #nowMs: number;
  readonly #alarms = new Set<{ atMs: number; ring: () => void }>();

  constructor(start: Date | string) {
    this.#nowMs = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  /** Alarms that have been set and have neither rung nor been cancelled. */
  get alarms(): number {
    return this.#alarms.size;
  }

  setAlarm(delayMs: number, ring: () => void) {
    const alarm = { atMs: this.#nowMs + Math.max(0, delayMs), ring };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  /** Moves on, and rings what comes due on the way in the order of its time. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      const [next] = [...this.#alarms].filter(({ atMs }) => atMs <= endMs).sort((one, two) => one.atMs - two.atMs);
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#nowMs = next.atMs;
      next.ring();
    }
    this.#nowMs = endMs;
  }
}
