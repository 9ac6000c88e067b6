import { BitWriter, nalUnit } from './bit-writer.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What tells a picture from the others, put into the stream before it. */
export interface PictureMark {
  /** When it was made, by the publisher's clock. */
  readonly timeMs: number;
  readonly number: number;
}

const HEADER = { slice: 0x41, idrSlice: 0x65, supplementalEnhancement: 6, filler: 12, sequence: 0x67, picture: 0x68 };
const MACROBLOCK = 16;
/** Of 4 bits (log2_max_frame_num). */
const FRAME_NUMBERS = 16;
const USER_DATA_UNREGISTERED = 5;

/** By this the marks are found. */
export const MARK_UUID = '70726f73-6365-4e69-956d-2e6c6f616421';
const UUID = Buffer.from(MARK_UUID.replaceAll('-', ''), 'hex');
const MARK_BYTES = 16;

/**
 * A video of one gray picture: constrained baseline H.264 that every decoder takes, of any size and bit rate, made without an
 * encoder. Key frames predict each block from nothing, the others skip every block; filler brings each picture to its size.
 */
export class GrayVideo {
  readonly #parameterSets: readonly Buffer[];
  readonly #macroblocks: number;
  /** By frame number. */
  readonly #skipped: readonly Buffer[];
  #frameNumber = 0;
  #keyFrames = 0;

  /** @param size even in both directions */
  constructor(size: PictureSize) {
    const across = Math.ceil(size.width / MACROBLOCK);
    const down = Math.ceil(size.height / MACROBLOCK);
    this.#macroblocks = across * down;
    this.#parameterSets = [sequenceParameterSet(size, across, down), pictureParameterSet()];
    this.#skipped = Array.from({ length: FRAME_NUMBERS }, (_, number) => skippedPicture(number, this.#macroblocks));
  }

  /** The NAL units of the next picture. @param bytes that they come to, as long as the picture itself needs less */
  next(keyFrame: boolean, bytes: number, mark: PictureMark): Buffer[] {
    this.#frameNumber = keyFrame ? 0 : (this.#frameNumber + 1) % FRAME_NUMBERS;
    const slice = keyFrame ? this.#keyFrame() : (this.#skipped[this.#frameNumber] as Buffer);
    const units = [...(keyFrame ? this.#parameterSets : []), markUnit(mark), slice];
    const missing = bytes - units.reduce((sum, unit) => sum + unit.length, 0);
    return missing < 2 ? units : [...units, filler(missing)];
  }

  /** Two key frames in a row differ in their id (§7.4.3). */
  #keyFrame(): Buffer {
    this.#keyFrames += 1;
    const slice = new BitWriter();
    slice.unsigned(0).unsigned(7).unsigned(0).bits(0, 4); // first macroblock, I, parameter set, frame number
    slice.unsigned(this.#keyFrames % 2); // idr_pic_id
    slice.bits(0, 2).unsigned(0); // reference marking, quantiser as in the parameter set
    // Each block: Intra_16x16 by mean with no residual (mb_type 3), chroma by mean, same quantiser, no coefficients.
    for (let block = 0; block < this.#macroblocks; block += 1) slice.bits(0b0010_0111, 8);
    return nalUnit(HEADER.idrSlice, slice.end());
  }
}

/** Finds the mark in the payload of a packet. */
export function findMark(payload: Buffer): PictureMark | undefined {
  const at = payload.indexOf(UUID);
  if (at < 0 || payload.length < at + UUID.length + MARK_BYTES) return undefined;
  const [time = '', number = ''] = payload
    .toString('latin1', at + UUID.length, at + UUID.length + MARK_BYTES)
    .split(/(?<=^.{10})/);
  return { timeMs: Number.parseInt(time, 36) / 1_000, number: Number.parseInt(number, 36) };
}

/** In letters, so that nothing looks like a start code: 10 for the time in microseconds, 6 for the number. */
function markUnit({ timeMs, number }: PictureMark): Buffer {
  const time = Math.round(timeMs * 1_000).toString(36);
  const text = time.padStart(10, '0').slice(-10) + number.toString(36).padStart(6, '0').slice(-6);
  const message = Buffer.concat([UUID, Buffer.from(text, 'latin1')]);
  return nalUnit(
    HEADER.supplementalEnhancement,
    Buffer.concat([Buffer.of(USER_DATA_UNREGISTERED, message.length), message, Buffer.of(0x80)]),
  );
}

function sequenceParameterSet({ width, height }: PictureSize, across: number, down: number): Buffer {
  const set = new BitWriter();
  set.bits(66, 8).bits(0xe0, 8).bits(31, 8); // constrained baseline, level 3.1
  set.unsigned(0).unsigned(0).unsigned(2).unsigned(1).bits(0, 1); // ids, order of output is that of decoding, one reference
  set.unsigned(across - 1).unsigned(down - 1);
  set.bits(0b11, 2); // frames alone, direct_8x8_inference
  const [right, bottom] = [(across * MACROBLOCK - width) / 2, (down * MACROBLOCK - height) / 2];
  if (right === 0 && bottom === 0) set.bits(0, 1);
  else set.bits(1, 1).unsigned(0).unsigned(right).unsigned(0).unsigned(bottom);
  return nalUnit(HEADER.sequence, set.bits(0, 1).end());
}

function pictureParameterSet(): Buffer {
  const set = new BitWriter();
  set.unsigned(0).unsigned(0).bits(0, 2).unsigned(0); // ids, CAVLC, one slice group
  set.unsigned(0).unsigned(0).bits(0, 3); // one reference, no weights
  set.unsigned(0).unsigned(0).unsigned(0).bits(0, 3); // quantisers, no deblocking control
  return nalUnit(HEADER.picture, set.end());
}

function skippedPicture(frameNumber: number, macroblocks: number): Buffer {
  const slice = new BitWriter();
  slice.unsigned(0).unsigned(5).unsigned(0).bits(frameNumber, 4); // first macroblock, P, parameter set
  slice.bits(0, 3).unsigned(0); // references as they are, quantiser as in the parameter set
  return nalUnit(HEADER.slice, slice.unsigned(macroblocks).end());
}

/** Filler data (§7.3.2.7). */
function filler(bytes: number): Buffer {
  const unit = Buffer.alloc(bytes, 0xff);
  unit.writeUInt8(HEADER.filler, 0);
  unit.writeUInt8(0x80, bytes - 1);
  return unit;
}
