/** Failure guard: what is waited for either comes soon or never. */
const guardMs = 60_000;
/** Between two looks there is a tenth of what was waited already, so that those who wait long leave the processor to others. */
const shortestPauseMs = 50;
const longestPauseMs = 200;

/** Reads again and again until what was read is accepted. @throws with what was read last */
export async function until<Value>(
  read: () => Promise<Value>,
  accept: (value: Value) => boolean,
  timeoutMs = guardMs,
): Promise<Value> {
  const beginMs = Date.now();
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    const waitedMs = Date.now() - beginMs;
    if (waitedMs > timeoutMs) throw new Error(`Waited ${timeoutMs} ms in vain; at last: ${JSON.stringify(value)}`);
    const pauseMs = Math.min(Math.max(waitedMs / 10, shortestPauseMs), longestPauseMs);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
