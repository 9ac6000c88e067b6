/** The types of NAL units that we look at (ITU-T H.264 §7.4.1, table 7-1). */
export const NAL_UNIT_TYPE = {
  slice: 1,
  idrSlice: 5,
  supplementalEnhancement: 6,
  sequenceParameterSet: 7,
  pictureParameterSet: 8,
  accessUnitDelimiter: 9,
  fillerData: 12,
} as const;

export function nalUnitType(nalUnit: Buffer): number {
  return (nalUnit[0] ?? 0) & 0x1f;
}

/** Whether decoding can begin with the picture that these are. */
export function isKeyFrame(nalUnits: readonly Buffer[]): boolean {
  return nalUnits.some((nalUnit) => nalUnitType(nalUnit) === NAL_UNIT_TYPE.idrSlice);
}

/** 0 says that no other picture is predicted from this one. */
export function nalReferenceIdc(nalUnit: Buffer): number {
  return ((nalUnit[0] ?? 0) >> 5) & 3;
}

/** Splits a byte stream (annex B) at its start codes. What stands before the first one is passed over. */
export function splitByteStream(stream: Buffer): Buffer[] {
  const nalUnits: Buffer[] = [];
  let start = nextStartCode(stream, 0);
  while (start !== -1) {
    const next = nextStartCode(stream, start + 3);
    let end = next === -1 ? stream.length : next;
    // A NAL unit never ends with zeros: those belong to the next start code.
    while (end > start + 3 && stream[end - 1] === 0) end -= 1;
    if (end > start + 3) nalUnits.push(stream.subarray(start + 3, end));
    start = next;
  }
  return nalUnits;
}

const START_CODE = Buffer.of(0, 0, 1);

function nextStartCode(stream: Buffer, from: number): number {
  return stream.indexOf(START_CODE, from);
}

/**
 * The payload of a NAL unit without its header and without emulation prevention (§7.4.1): 3 after two zeros goes.
 *
 * @param maximumBytes of the NAL unit are read; headers stand at the beginning
 */
export function unescapePayload(nalUnit: Buffer, maximumBytes = nalUnit.length): Buffer {
  const end = Math.min(nalUnit.length, maximumBytes);
  const payload = Buffer.allocUnsafe(Math.max(0, end - 1));
  let length = 0;
  let zeros = 0;
  for (let index = 1; index < end; index += 1) {
    const byte = nalUnit[index] as number;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    payload[length] = byte;
    length += 1;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return payload.subarray(0, length);
}
