import type { BitReader } from './bit-reader.ts';

/** What a stream says beside what is needed to decode it (ITU-T H.264 annex E). */
export interface Usability {
  /** Ticks of the clock a second, and how many of them a field lasts: frames a second are `timeScale / (2 * unitsInTick)`. */
  readonly timing: { readonly unitsInTick: number; readonly timeScale: number; readonly fixed: boolean } | undefined;
  /** How many pictures can be decoded before one that is shown earlier; undefined where it is not said. */
  readonly maximumReorderFrames: number | undefined;
}

const MAXIMUM_CODE = 2 ** 32 - 2;
const EXTENDED_ASPECT_RATIO = 255;

/** Reads vui_parameters() (§E.1.1). @throws {MalformedMedia} */
export function readUsability(reader: BitReader): Usability {
  if (reader.flag() && reader.bits(8) === EXTENDED_ASPECT_RATIO) reader.bits(32);
  if (reader.flag()) reader.flag(); // overscan
  if (reader.flag()) {
    reader.bits(4); // video_format, video_full_range_flag
    if (reader.flag()) reader.bits(24); // colours
  }
  if (reader.flag()) {
    reader.unsigned(5); // places of chroma samples
    reader.unsigned(5);
  }
  const timing = reader.flag()
    ? { unitsInTick: reader.bits(32), timeScale: reader.bits(32), fixed: reader.flag() }
    : undefined;
  const nal = reader.flag();
  if (nal) skipReferenceDecoder(reader);
  const vcl = reader.flag();
  if (vcl) skipReferenceDecoder(reader);
  if (nal || vcl) reader.flag(); // low_delay_hrd_flag
  reader.flag(); // pic_struct_present_flag
  return { timing, maximumReorderFrames: reader.flag() ? readMaximumReorderFrames(reader) : undefined };
}

/** hrd_parameters() (§E.1.2) */
function skipReferenceDecoder(reader: BitReader): void {
  const count = reader.unsigned(31) + 1;
  reader.bits(8); // scales
  for (let index = 0; index < count; index += 1) {
    reader.unsigned(MAXIMUM_CODE);
    reader.unsigned(MAXIMUM_CODE);
    reader.flag();
  }
  reader.bits(20); // lengths of delays
}

function readMaximumReorderFrames(reader: BitReader): number {
  reader.flag(); // motion_vectors_over_pic_boundaries_flag
  reader.unsigned(16); // max_bytes_per_pic_denom
  reader.unsigned(16); // max_bits_per_mb_denom
  reader.unsigned(32); // log2_max_mv_length_horizontal
  reader.unsigned(32); // log2_max_mv_length_vertical
  const frames = reader.unsigned(16);
  reader.unsigned(16); // max_dec_frame_buffering
  return frames;
}
