import { MalformedMedia } from './malformed-media.ts';

const KEY_FRAME_HEADER_BYTES = 10;
const START_CODE = 0x9d012a;

/** Whether decoding can begin with it (RFC 6386 §9.1). */
export function isVp8KeyFrame(frame: Buffer): boolean {
  return frame.length > 0 && (frame.readUInt8(0) & 1) === 0;
}

/** The size that a VP8 key frame tells (RFC 6386 §9.1), without the scaling it may ask for. @throws {MalformedMedia} */
export function readVp8KeyFrameSize(frame: Buffer): { width: number; height: number } {
  if (frame.length < KEY_FRAME_HEADER_BYTES) {
    throw new MalformedMedia('TRUNCATED', 'A VP8 key frame is shorter than its header');
  }
  if (!isVp8KeyFrame(frame)) throw new MalformedMedia('INVALID', 'A VP8 frame is no key frame');
  if (frame.readUIntBE(3, 3) !== START_CODE) throw new MalformedMedia('INVALID', 'A VP8 key frame has no start code');
  const width = frame.readUInt16LE(6) & 0x3fff;
  const height = frame.readUInt16LE(8) & 0x3fff;
  if (width === 0 || height === 0) throw new MalformedMedia('INVALID', 'A VP8 key frame has no size');
  return { width, height };
}
