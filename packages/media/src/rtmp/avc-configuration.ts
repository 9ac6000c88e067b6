import { MalformedMedia } from '../rtp/index.ts';

export interface AvcParameters {
  /** Sequence parameter sets, as NAL units. */
  readonly sps: readonly Buffer[];
  /** Picture parameter sets, as NAL units. */
  readonly pps: readonly Buffer[];
}

const VERSION = 1;
const NAL_LENGTH_BYTES = 4;

/**
 * An AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1).
 *
 * @returns `lengthBytes`: of the length before each NAL unit of the pictures
 * @throws {MalformedMedia}
 */
export function readAvcConfiguration(record: Buffer): AvcParameters & { lengthBytes: 1 | 2 | 4 } {
  if (record.length < 7) throw new MalformedMedia('TRUNCATED', 'An AVC configuration is too short');
  if (record[0] !== VERSION) throw new MalformedMedia('UNSUPPORTED', 'An AVC configuration is of another version');
  const lengthBytes = (record.readUInt8(4) & 3) + 1;
  if (lengthBytes === 3) throw new MalformedMedia('INVALID', 'An AVC configuration has lengths of 3 bytes');
  const sps = readParameterSets(record, 6, record.readUInt8(5) & 0x1f);
  if (sps.end === record.length) throw new MalformedMedia('TRUNCATED', 'An AVC configuration ends too early');
  const pps = readParameterSets(record, sps.end + 1, record.readUInt8(sps.end));
  if (sps.sets.length === 0 || pps.sets.length === 0) {
    throw new MalformedMedia('INVALID', 'An AVC configuration lacks a parameter set');
  }
  return { sps: sps.sets, pps: pps.sets, lengthBytes: lengthBytes as 1 | 2 | 4 };
}

function readParameterSets(record: Buffer, start: number, count: number): { sets: Buffer[]; end: number } {
  const sets: Buffer[] = [];
  let offset = start;
  for (let index = 0; index < count; index += 1) {
    const length = offset + 2 > record.length ? record.length : record.readUInt16BE(offset);
    const end = offset + 2 + length;
    if (end > record.length) throw new MalformedMedia('TRUNCATED', 'An AVC configuration ends within a parameter set');
    if (length > 0) sets.push(record.subarray(offset + 2, end));
    offset = end;
  }
  return { sets, end: offset };
}

/** @param parameters at least one set of each kind; profile and level are those of the first */
export function writeAvcConfiguration({ sps, pps }: AvcParameters): Buffer {
  const profileAndLevel = sps[0]?.subarray(1, 4) ?? Buffer.alloc(3);
  return Buffer.concat([
    Buffer.of(VERSION),
    profileAndLevel,
    Buffer.of(0xfc | (NAL_LENGTH_BYTES - 1), 0xe0 | sps.length),
    ...sps.flatMap(lengthPrefixed),
    Buffer.of(pps.length),
    ...pps.flatMap(lengthPrefixed),
  ]);
}

function lengthPrefixed(set: Buffer): Buffer[] {
  return [Buffer.of(set.length >> 8, set.length & 0xff), set];
}
