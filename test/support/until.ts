/** Failure guard: what is waited for either comes soon or never. */
const guardMs = 60_000;
const intervalMs = 50;

/** Reads again and again until what was read is accepted. @throws with what was read last */
export async function until<Value>(
  read: () => Promise<Value>,
  accept: (value: Value) => boolean,
  timeoutMs = guardMs,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain; at last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
