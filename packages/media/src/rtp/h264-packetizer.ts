const STAP_A = 24;
const FU_A = 28;
const AGGREGATE_OVERHEAD_BYTES = 2;
const FRAGMENT_HEADER_BYTES = 2;

/**
 * The payloads of one access unit, in packetization mode 1 (RFC 6184 §5): small NAL units go together, large ones are cut.
 *
 * @param maximumBytes of a payload
 */
export function packetizeH264(nalUnits: readonly Buffer[], maximumBytes: number): Buffer[] {
  const payloads: Buffer[] = [];
  let small: Buffer[] = [];
  let smallBytes = 1;
  const sendSmall = () => {
    if (small.length > 0) payloads.push(aggregate(small));
    small = [];
    smallBytes = 1;
  };
  for (const nalUnit of nalUnits) {
    const bytes = AGGREGATE_OVERHEAD_BYTES + nalUnit.length;
    if (smallBytes + bytes > maximumBytes) sendSmall();
    if (nalUnit.length > maximumBytes) {
      payloads.push(...cut(nalUnit, maximumBytes));
    } else {
      small.push(nalUnit);
      smallBytes += bytes;
    }
  }
  sendSmall();
  return payloads;
}

function aggregate(nalUnits: readonly Buffer[]): Buffer {
  const [only] = nalUnits;
  if (only && nalUnits.length === 1) return only;
  // The forbidden bit is clear; the highest importance of any unit stands for all of them (§5.7).
  const importance = Math.max(...nalUnits.map((unit) => (unit[0] ?? 0) & 0x60));
  const parts = nalUnits.flatMap((unit) => [Buffer.of(unit.length >> 8, unit.length & 0xff), unit]);
  return Buffer.concat([Buffer.of(importance | STAP_A), ...parts]);
}

function cut(nalUnit: Buffer, maximumBytes: number): Buffer[] {
  const header = nalUnit.readUInt8(0);
  const size = maximumBytes - FRAGMENT_HEADER_BYTES;
  const count = Math.ceil((nalUnit.length - 1) / size);
  return Array.from({ length: count }, (_, index) => {
    const start = index === 0 ? 0x80 : 0;
    const end = index === count - 1 ? 0x40 : 0;
    const head = Buffer.of((header & 0x60) | FU_A, start | end | (header & 0x1f));
    return Buffer.concat([head, nalUnit.subarray(1 + index * size, 1 + (index + 1) * size)]);
  });
}
