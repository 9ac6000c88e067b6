import { AV_PIX_FMT_YUV420P } from '#node-av/constants';
import type { Frame } from '#node-av/lib';
import { CodecFailure } from './codec-failure.ts';
import { check } from './native.ts';
import type { PictureSize } from './picture-size.ts';

/** A picture's memory: luma and both chroma. */
export interface Planes {
  readonly data: Buffer[];
  /** Bytes from one row to the next. */
  readonly strides: number[];
}

/** As wide as the widest registers that the codecs use. */
const ALIGNMENT_BYTES = 64;

/** Gives a frame room for a picture of 4:2:0 of eight bits. */
export function allocatePicture(frame: Frame, { width, height }: PictureSize): void {
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = AV_PIX_FMT_YUV420P;
  check(frame.getBuffer(ALIGNMENT_BYTES), 'Room for a picture');
}

/** The frame's own memory, valid as long as it is. */
export function planesOf(frame: Frame): Planes {
  const { data } = frame;
  if (data === null) throw new CodecFailure('INTERNAL', 'A picture has no memory');
  return { data, strides: frame.linesize };
}
