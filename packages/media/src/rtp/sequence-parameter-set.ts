import { BitReader } from './bit-reader.ts';
import { MalformedMedia } from './malformed-media.ts';
import { unescapePayload } from './nal-unit.ts';
import { readUsability, type Usability } from './video-usability.ts';

/** How the order of pictures is told (ITU-T H.264 §8.2.1). */
export type PictureOrderRule =
  | { readonly type: 0; readonly lsbBits: number }
  | {
      readonly type: 1;
      readonly alwaysZero: boolean;
      readonly nonReferenceOffset: number;
      readonly topToBottomOffset: number;
      readonly referenceOffsets: readonly number[];
    }
  | { readonly type: 2 };

/** What holds for a whole stream (ITU-T H.264 §7.3.2.1.1). */
export interface SequenceParameterSet {
  readonly id: number;
  /** 66 Baseline, 77 Main, 100 High, 110 High 10, 122 High 4:2:2... */
  readonly profileIdc: number;
  /** constraint_set0_flag is the highest of 8 bits. */
  readonly constraints: number;
  /** Ten times the level: 31 is level 3.1. */
  readonly levelIdc: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormatIdc: number;
  readonly separateColourPlanes: boolean;
  readonly lumaBitDepth: number;
  readonly chromaBitDepth: number;
  readonly frameNumberBits: number;
  readonly pictureOrder: PictureOrderRule;
  readonly maximumReferenceFrames: number;
  /** Every picture is a whole frame of whole macroblocks: nothing is interlaced. */
  readonly framesOnly: boolean;
  /** In pixels as shown, after cropping. */
  readonly width: number;
  readonly height: number;
  readonly usability: Usability | undefined;
}

/** Level 6.2 allows 16,384 pixels at most. */
const MAXIMUM_MACROBLOCKS_A_SIDE = 1_024;
/** The profiles whose sets begin with the chroma format (§7.3.2.1.1). */
const WITH_CHROMA_FORMAT: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** 255 offsets of 8 bytes and the largest scaling lists stay far below. */
const MAXIMUM_BYTES = 4_096;

/** Reads a NAL unit of type 7. @throws {MalformedMedia} */
export function readSequenceParameterSet(nalUnit: Buffer): SequenceParameterSet {
  if (nalUnit.length > MAXIMUM_BYTES) throw new MalformedMedia('LIMIT', 'A sequence parameter set is too long');
  const reader = new BitReader(unescapePayload(nalUnit));
  const profileIdc = reader.bits(8);
  const constraints = reader.bits(8);
  const levelIdc = reader.bits(8);
  const id = reader.unsigned(31);
  const samples = WITH_CHROMA_FORMAT.has(profileIdc) ? readSampleFormat(reader) : DEFAULT_SAMPLE_FORMAT;
  const frameNumberBits = reader.unsigned(12) + 4;
  const pictureOrder = readPictureOrderRule(reader);
  const maximumReferenceFrames = reader.unsigned(16);
  reader.flag(); // gaps_in_frame_num_value_allowed_flag
  const widthInMacroblocks = reader.unsigned(MAXIMUM_MACROBLOCKS_A_SIDE - 1) + 1;
  const heightInMapUnits = reader.unsigned(MAXIMUM_MACROBLOCKS_A_SIDE - 1) + 1;
  const framesOnly = reader.flag();
  if (!framesOnly) reader.flag(); // mb_adaptive_frame_field_flag
  reader.flag(); // direct_8x8_inference_flag
  const size = crop(
    reader,
    { width: 16 * widthInMacroblocks, height: 16 * heightInMapUnits * (framesOnly ? 1 : 2) },
    cropUnits(samples, framesOnly),
  );
  const usability = reader.flag() ? readUsability(reader) : undefined;
  return {
    id,
    profileIdc,
    constraints,
    levelIdc,
    ...samples,
    frameNumberBits,
    pictureOrder,
    maximumReferenceFrames,
    framesOnly,
    ...size,
    usability,
  };
}

type SampleFormat = Pick<
  SequenceParameterSet,
  'chromaFormatIdc' | 'separateColourPlanes' | 'lumaBitDepth' | 'chromaBitDepth'
>;

const DEFAULT_SAMPLE_FORMAT: SampleFormat = {
  chromaFormatIdc: 1,
  separateColourPlanes: false,
  lumaBitDepth: 8,
  chromaBitDepth: 8,
};

function readSampleFormat(reader: BitReader): SampleFormat {
  const chromaFormatIdc = reader.unsigned(3);
  const separateColourPlanes = chromaFormatIdc === 3 && reader.flag();
  const lumaBitDepth = reader.unsigned(6) + 8;
  const chromaBitDepth = reader.unsigned(6) + 8;
  reader.flag(); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) skipScalingLists(reader, chromaFormatIdc);
  return { chromaFormatIdc, separateColourPlanes, lumaBitDepth, chromaBitDepth };
}

/** §7.3.2.1.1.1 */
function skipScalingLists(reader: BitReader, chromaFormatIdc: number): void {
  const lists = chromaFormatIdc === 3 ? 12 : 8;
  for (let list = 0; list < lists; list += 1) {
    if (!reader.flag()) continue;
    const size = list < 6 ? 16 : 64;
    let scale = 8;
    for (let index = 0; index < size && scale !== 0; index += 1) scale = (scale + reader.signed()) & 0xff;
  }
}

function readPictureOrderRule(reader: BitReader): PictureOrderRule {
  const type = reader.unsigned(2);
  if (type === 0) return { type, lsbBits: reader.unsigned(12) + 4 };
  if (type === 2) return { type };
  const alwaysZero = reader.flag();
  const nonReferenceOffset = reader.signed();
  const topToBottomOffset = reader.signed();
  const cycle = reader.unsigned(255);
  const referenceOffsets = Array.from({ length: cycle }, () => reader.signed());
  return { type: 1, alwaysZero, nonReferenceOffset, topToBottomOffset, referenceOffsets };
}

/** §7.4.2.1.1: in how many pixels cropping is told. */
function cropUnits(
  { chromaFormatIdc, separateColourPlanes }: SampleFormat,
  framesOnly: boolean,
): { width: number; height: number } {
  const subsampled = separateColourPlanes ? 0 : chromaFormatIdc;
  const width = subsampled === 1 || subsampled === 2 ? 2 : 1;
  const height = subsampled === 1 ? 2 : 1;
  return { width, height: framesOnly ? height : 2 * height };
}

function crop(
  reader: BitReader,
  coded: { width: number; height: number },
  unit: { width: number; height: number },
): { width: number; height: number } {
  if (!reader.flag()) return coded;
  const [left, right, top, bottom] = [coded.width, coded.width, coded.height, coded.height].map((most) =>
    reader.unsigned(most),
  ) as [number, number, number, number];
  const width = coded.width - unit.width * (left + right);
  const height = coded.height - unit.height * (top + bottom);
  if (width <= 0 || height <= 0) throw new MalformedMedia('INVALID', 'A sequence parameter set crops all away');
  return { width, height };
}
