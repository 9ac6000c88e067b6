import { BitReader } from './bit-reader.ts';
import { NAL_UNIT_TYPE, nalReferenceIdc, nalUnitType, unescapePayload } from './nal-unit.ts';
import type { SequenceParameterSet } from './sequence-parameter-set.ts';

/** What of a picture parameter set (ITU-T H.264 §7.3.2.2) is needed to read a slice's header. */
export interface PictureParameterSet {
  readonly id: number;
  readonly sequenceParameterSetId: number;
  readonly fieldOrderPresent: boolean;
}

export type SliceType = 'P' | 'B' | 'I' | 'SP' | 'SI';

/** The beginning of a slice (ITU-T H.264 §7.3.3). */
export interface SliceHeader {
  readonly firstMacroblock: number;
  readonly type: SliceType;
  readonly idr: boolean;
  /** Other pictures are predicted from this one. */
  readonly reference: boolean;
  readonly frameNumber: number;
  readonly field: 'top' | 'bottom' | undefined;
  readonly pictureOrderLsb: number;
  readonly pictureOrderDeltaBottom: number;
  readonly pictureOrderDeltas: readonly [number, number];
}

/** Where parameter sets are found by their ids. */
export interface ParameterSets {
  readonly sequence: ReadonlyMap<number, SequenceParameterSet>;
  readonly picture: ReadonlyMap<number, PictureParameterSet>;
}

const SLICE_TYPES: readonly SliceType[] = ['P', 'B', 'I', 'SP', 'SI'];
/** The fields up to the picture order take less, emulation prevention included. */
const HEADER_BYTES = 64;
const MAXIMUM_MACROBLOCKS = 1_024 * 1_024;

/** Reads a NAL unit of type 8. @throws {MalformedMedia} */
export function readPictureParameterSet(nalUnit: Buffer): PictureParameterSet {
  const reader = new BitReader(unescapePayload(nalUnit, HEADER_BYTES));
  const id = reader.unsigned(255);
  const sequenceParameterSetId = reader.unsigned(31);
  reader.flag(); // entropy_coding_mode_flag
  return { id, sequenceParameterSetId, fieldOrderPresent: reader.flag() };
}

/** The slice's type alone, which is told before the parameter sets are needed. @throws {MalformedMedia} */
export function readSliceType(nalUnit: Buffer): SliceType {
  return readTypeAndPlace(new BitReader(unescapePayload(nalUnit, HEADER_BYTES))).type;
}

/**
 * Reads the header of a NAL unit of type 1 or 5, and the set that holds for it; undefined when a parameter set that it
 * refers to has not come.
 *
 * @throws {MalformedMedia}
 */
export function readSliceHeader(
  nalUnit: Buffer,
  sets: ParameterSets,
): { readonly header: SliceHeader; readonly sequenceSet: SequenceParameterSet } | undefined {
  const reader = new BitReader(unescapePayload(nalUnit, HEADER_BYTES));
  const { firstMacroblock, type } = readTypeAndPlace(reader);
  const pictureSet = sets.picture.get(reader.unsigned(255));
  const sequenceSet = pictureSet && sets.sequence.get(pictureSet.sequenceParameterSetId);
  if (!sequenceSet) return undefined;

  const idr = nalUnitType(nalUnit) === NAL_UNIT_TYPE.idrSlice;
  if (sequenceSet.separateColourPlanes) reader.bits(2);
  const frameNumber = reader.bits(sequenceSet.frameNumberBits);
  const field = !sequenceSet.framesOnly && reader.flag() ? (reader.flag() ? 'bottom' : 'top') : undefined;
  if (idr) reader.unsigned(65_535); // idr_pic_id
  const bothFields = pictureSet.fieldOrderPresent && field === undefined;
  const rule = sequenceSet.pictureOrder;
  const lsb = rule.type === 0 ? reader.bits(rule.lsbBits) : 0;
  const deltaBottom = rule.type === 0 && bothFields ? reader.signed() : 0;
  const withDeltas = rule.type === 1 && !rule.alwaysZero;
  const deltas = [withDeltas ? reader.signed() : 0, withDeltas && bothFields ? reader.signed() : 0] as const;
  const header: SliceHeader = {
    firstMacroblock,
    type,
    idr,
    reference: nalReferenceIdc(nalUnit) !== 0,
    frameNumber,
    field,
    pictureOrderLsb: lsb,
    pictureOrderDeltaBottom: deltaBottom,
    pictureOrderDeltas: deltas,
  };
  return { header, sequenceSet };
}

function readTypeAndPlace(reader: BitReader): { firstMacroblock: number; type: SliceType } {
  const firstMacroblock = reader.unsigned(MAXIMUM_MACROBLOCKS);
  // From 5 on: the same, and all slices of the picture are of this type.
  const type = SLICE_TYPES[reader.unsigned(9) % 5] as SliceType;
  return { firstMacroblock, type };
}
