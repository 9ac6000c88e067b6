import type { Alarm, AlarmClock } from '../clock.ts';

type Pending = { dueMs: number; ring: () => void };

/** More alarms than this are not rung one by one on the way. */
const STEPS_PER_ADVANCE = 10_000;

/** A clock that goes like another one, and can be set ahead of it. */
export class TestClock implements AlarmClock {
  readonly #base: AlarmClock;
  readonly #pending = new Set<Pending>();
  #offsetMs = 0;
  /** Rings when the next of those that are pending comes due. */
  #wakeUp: Alarm | undefined;

  constructor(base: AlarmClock) {
    this.#base = base;
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  /** How far it is ahead. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  setAlarm(delayMs: number, ring: () => void): Alarm {
    const alarm = { dueMs: this.#nowMs + Math.max(0, delayMs), ring };
    this.#pending.add(alarm);
    this.#waitForNext();
    return {
      cancel: () => {
        if (this.#pending.delete(alarm)) this.#waitForNext();
      },
    };
  }

  /**
   * Goes ahead. Alarms that come due on the way ring in the order of their time and at their time: the clock goes on when
   * what they began is done.
   *
   * @param settle resolves when nothing is under way any more
   */
  async advance(durationMs: number, settle: () => Promise<void>): Promise<void> {
    const targetMs = this.#offsetMs + durationMs;
    for (let step = 0; step < STEPS_PER_ADVANCE; step += 1) {
      const next = this.#next();
      if (next === undefined) break;
      const offsetMs = next.dueMs - this.#base.now().getTime();
      if (offsetMs > targetMs) break;
      this.#offsetMs = Math.max(this.#offsetMs, offsetMs);
      this.#ring(next);
      await settle();
    }
    this.#offsetMs = targetMs;
    this.#ringDue();
    await settle();
  }

  /** Goes back to the time of the other clock. Who waits, waits for as long as before. */
  reset(): void {
    for (const alarm of this.#pending) alarm.dueMs -= this.#offsetMs;
    this.#offsetMs = 0;
    this.#waitForNext();
  }

  get #nowMs(): number {
    return this.#base.now().getTime() + this.#offsetMs;
  }

  #next(): Pending | undefined {
    let next: Pending | undefined;
    for (const alarm of this.#pending) if (next === undefined || alarm.dueMs < next.dueMs) next = alarm;
    return next;
  }

  #ring(alarm: Pending): void {
    this.#pending.delete(alarm);
    alarm.ring();
  }

  #ringDue(): void {
    const nowMs = this.#nowMs;
    const due = [...this.#pending].filter(({ dueMs }) => dueMs <= nowMs).sort((one, two) => one.dueMs - two.dueMs);
    for (const alarm of due) if (this.#pending.has(alarm)) this.#ring(alarm);
    this.#waitForNext();
  }

  #waitForNext(): void {
    this.#wakeUp?.cancel();
    const next = this.#next();
    this.#wakeUp = next && this.#base.setAlarm(next.dueMs - this.#nowMs, () => this.#ringDue());
  }
}
