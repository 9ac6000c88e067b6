import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '../stream/clock.ts';

/** A part of a millisecond is not worth a timer. */
const SHORTEST_WAIT_MS = 1;

/**
 * Takes item after item of a source, each when the one before it is out, and hands it on when it is due. Settles when the source
 * has no more, or `signal` ends it: then the source is told to stop (`return`).
 *
 * @param dueMs by {@link nowMs}
 * @throws what the source or `send` throws
 */
export async function playOut<Item>(
  source: AsyncIterable<Item>,
  dueMs: (item: Item, nowMs: number) => number,
  send: (item: Item, dueMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  // A source that waits for its own next item hears of it only after that: nobody waits here.
  const stop = () => void iterator.return?.()?.catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (let next = await iterator.next(); !next.done && !signal.aborted; next = await iterator.next()) {
      const now = nowMs();
      const due = dueMs(next.value, now);
      if (due - now >= SHORTEST_WAIT_MS) await sleep(due - now, undefined, { signal });
      send(next.value, due);
    }
  } catch (error) {
    if (signal.aborted) return;
    stop();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
