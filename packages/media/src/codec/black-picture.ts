import { AV_PIX_FMT_YUV420P, FF_ENCODER_LIBX264 } from '#node-av/constants';
import { CodecContext, Frame, Packet, Rational } from '#node-av/lib';
import { NAL_UNIT_TYPE, nalUnitType, splitByteStream } from '../rtp/nal-unit.ts';
import { CodecFailure } from './codec-failure.ts';
import { check, findEncoder, NativeObjects, openCodec } from './native.ts';

/** A key frame and what decodes it, as NAL units. */
export interface BlackPicture {
  readonly sps: Buffer;
  readonly pps: Buffer;
  readonly idr: Buffer;
}

const BLACK = { luma: 16, chroma: 128 };

/**
 * An H.264 picture of Constrained Baseline that is black.
 *
 * @param width even, as 4:2:0 has it; `height` too
 * @throws {RangeError} for odd numbers
 * @throws {CodecFailure}
 */
export function blackPicture(width: number, height: number): BlackPicture {
  if (width % 2 !== 0 || height % 2 !== 0) throw new RangeError('A picture of 4:2:0 has even sides');
  const native = new NativeObjects();
  try {
    return encode(native, width, height);
  } finally {
    native.close();
  }
}

function encode(native: NativeObjects, width: number, height: number): BlackPicture {
  const codec = findEncoder(FF_ENCODER_LIBX264);
  const context = native.own(new CodecContext(), (each) => each.freeContext());
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = new Rational(1, 30);
  context.threadCount = 1;
  openCodec(context, codec, { preset: 'ultrafast', tune: 'zerolatency', profile: 'baseline', qp: '30' });

  const frame = native.own(new Frame(), (each) => each.free());
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = AV_PIX_FMT_YUV420P;
  check(frame.getBuffer(), 'Room for a picture');
  for (const [index, plane] of (frame.data ?? []).entries()) plane.fill(index === 0 ? BLACK.luma : BLACK.chroma);
  frame.pts = 0n;
  check(context.sendFrameSync(frame), 'Encoding black');

  const packet = native.own(new Packet(), (each) => each.free());
  packet.alloc();
  check(context.receivePacketSync(packet), 'Encoding black');
  const nalUnits = splitByteStream(Buffer.from(packet.data ?? []));
  const one = (type: number) => {
    const found = nalUnits.find((nalUnit) => nalUnitType(nalUnit) === type);
    if (found === undefined) throw new CodecFailure('INTERNAL', 'The encoder left out a part of a key frame');
    return Buffer.from(found);
  };
  return {
    sps: one(NAL_UNIT_TYPE.sequenceParameterSet),
    pps: one(NAL_UNIT_TYPE.pictureParameterSet),
    idr: one(NAL_UNIT_TYPE.idrSlice),
  };
}
