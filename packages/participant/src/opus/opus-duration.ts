/** RFC 6716 §3.1, table 2: milliseconds of a frame, by the configuration's two lowest bits. */
const SILK_MS = [10, 20, 40, 60];
const HYBRID_MS = [10, 20];
const CELT_MS = [2.5, 5, 10, 20];

/** RFC 6716 §3.2.5: no packet is longer. */
const MAXIMUM_MS = 120;

/** How much sound a packet of Opus holds, in milliseconds (RFC 6716 §3). @throws {RangeError} for what is no such packet */
export function opusDurationMs(packet: Uint8Array): number {
  const [head, count = 0] = packet;
  if (head === undefined) throw new RangeError('A packet of Opus is empty');
  const durationMs = frameMs(head >> 3) * frames(head & 3, count);
  if (durationMs === 0 || durationMs > MAXIMUM_MS) throw new RangeError(`A packet of Opus holds ${durationMs} ms`);
  return durationMs;
}

function frameMs(configuration: number): number {
  if (configuration < 12) return SILK_MS[configuration % 4] as number;
  if (configuration < 16) return HYBRID_MS[configuration % 2] as number;
  return CELT_MS[configuration % 4] as number;
}

function frames(code: number, count: number): number {
  if (code === 0) return 1;
  return code === 3 ? count & 0x3f : 2;
}
