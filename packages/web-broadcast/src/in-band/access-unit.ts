import type { InBandMessage } from './in-band-message.ts';
import { findStartCode, NAL_UNIT_TYPE, nalUnitType } from './nal-unit.ts';
import { readUserData, writeUserData } from './user-data.ts';

/** What may stand before a picture, and what is read of it: more than any encoder writes. */
const MAXIMUM_UNITS = 128;
const MAXIMUM_UNIT_BYTES = 65_536;
const MAXIMUM_MESSAGES = 64;
const START_CODE_BYTES = 3;

/** What stands before the picture of an access unit in annex B form (ITU-T H.264 §7.4.1.2.3). */
interface Head {
  /** NAL units without their start codes. */
  readonly units: readonly Uint8Array[];
  /** Where the start code of the picture's first slice begins; undefined when no slice was found. */
  readonly pictureAt: number | undefined;
}

/**
 * Puts messages before the picture of an access unit.
 *
 * @returns undefined for what is no picture in H.264: it cannot carry any
 */
export function insertMessages(
  accessUnit: Uint8Array,
  messages: readonly InBandMessage[],
): Uint8Array<ArrayBuffer> | undefined {
  const { pictureAt } = readHead(accessUnit);
  if (pictureAt === undefined) return undefined;
  const units = messages.map(writeUserData);
  const added = units.reduce((bytes, unit) => bytes + 1 + START_CODE_BYTES + unit.length, 0);
  const whole = new Uint8Array(accessUnit.length + added);
  whole.set(accessUnit.subarray(0, pictureAt));
  let at = pictureAt;
  for (const unit of units) {
    // The first NAL unit of an access unit has a start code of four bytes (§B.1.2).
    whole[at + START_CODE_BYTES] = 1;
    whole.set(unit, at + START_CODE_BYTES + 1);
    at += START_CODE_BYTES + 1 + unit.length;
  }
  whole.set(accessUnit.subarray(pictureAt), at);
  return whole;
}

/** The messages of an access unit, in their order. None of what is no H.264; of what is broken those that can be read. */
export function readMessages(accessUnit: Uint8Array): InBandMessage[] {
  return readHead(accessUnit)
    .units.filter((unit) => nalUnitType(unit) === NAL_UNIT_TYPE.supplementalEnhancement)
    .filter((unit) => unit.length <= MAXIMUM_UNIT_BYTES)
    .flatMap((unit) => readUserData(unit, MAXIMUM_MESSAGES))
    .slice(0, MAXIMUM_MESSAGES);
}

function readHead(accessUnit: Uint8Array): Head {
  const units: Uint8Array[] = [];
  let codeAt = findStartCode(accessUnit, 0);
  // Anything else, a frame in VP8 say, begins in another way.
  if (codeAt > 1 || (codeAt === 1 && accessUnit[0] !== 0)) codeAt = -1;
  while (codeAt !== -1 && units.length < MAXIMUM_UNITS) {
    const start = codeAt + START_CODE_BYTES;
    if (isSlice(accessUnit.subarray(start))) return { units, pictureAt: skipZerosBack(accessUnit, codeAt) };
    codeAt = findStartCode(accessUnit, start);
    units.push(accessUnit.subarray(start, skipZerosBack(accessUnit, codeAt === -1 ? accessUnit.length : codeAt)));
  }
  return { units, pictureAt: undefined };
}

function isSlice(unit: Uint8Array): boolean {
  const type = nalUnitType(unit);
  return type >= NAL_UNIT_TYPE.firstSlice && type <= NAL_UNIT_TYPE.lastSlice;
}

/** A NAL unit never ends with zeros: they belong to the start code that follows. */
function skipZerosBack(stream: Uint8Array, position: number): number {
  let at = position;
  while (at > 0 && stream[at - 1] === 0) at -= 1;
  return at;
}
