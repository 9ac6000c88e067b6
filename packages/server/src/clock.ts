/** Wall-clock time, passed in wherever time matters so that tests can set it. */
export type Clock = { now(): Date };

/** A call that is waited for. */
export interface Alarm {
  /** After it has rung this does nothing. */
  cancel(): void;
}

/** A clock that also wakes somebody up. Whoever sets an alarm owns it, and cancels it when it goes. */
export interface AlarmClock extends Clock {
  /** Calls once, when so much time has passed on this clock; never before this call has returned. */
  setAlarm(delayMs: number, ring: () => void): Alarm;
}

/** Resolves when so much time has passed, or as soon as `signal` says that nobody waits any more. */
export async function wait(clock: AlarmClock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const alarm = clock.setAlarm(delayMs, resolve);
  const breakOff = () => resolve();
  signal.addEventListener('abort', breakOff);
  await promise;
  signal.removeEventListener('abort', breakOff);
  alarm.cancel();
}

/** Longest time that one timer can run: 24.8 days. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: AlarmClock = {
  now: () => new Date(),

  setAlarm(delayMs, ring) {
    let timer: NodeJS.Timeout;
    const wait = (remainingMs: number) => {
      const stepMs = Math.min(remainingMs, longestTimerMs);
      timer = setTimeout(() => (remainingMs > stepMs ? wait(remainingMs - stepMs) : ring()), stepMs);
    };
    wait(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(timer) };
  },
};
