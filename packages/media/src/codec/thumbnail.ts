import { AV_PIX_FMT_YUVJ420P, FF_ENCODER_MJPEG, SWS_BILINEAR } from '#node-av/constants';
import { CodecContext, Frame, Packet, Rational, SoftwareScaleContext } from '#node-av/lib';
import { CodecFailure } from './codec-failure.ts';
import { check, checkDecoding, findEncoder, hasDecoded, NativeObjects, openCodec } from './native.ts';
import { decoderInput, keyFrameSize, type PictureSize, type VideoCodec } from './picture-size.ts';
import { openVideoDecoder } from './video-decoder.ts';

/** From 2, best, to 31. */
const JPEG_QUANTIZER = { least: 2, most: 5 };

/**
 * A JPEG of a key frame, as large as its picture.
 *
 * @param units as access units have them: NAL units with both parameter sets among them, or one VP8 frame
 * @throws {MalformedMedia} for a key frame whose size cannot be read or is out of bounds
 * @throws {CodecFailure} with INVALID_DATA for one that cannot be decoded
 */
export async function encodeThumbnail(codec: VideoCodec, units: readonly Buffer[]): Promise<Buffer> {
  keyFrameSize(codec, units);
  const native = new NativeObjects();
  try {
    return await encodeJpeg(native, await toJpegColours(native, await decode(native, codec, units)));
  } finally {
    native.close();
  }
}

async function decode(native: NativeObjects, codec: VideoCodec, units: readonly Buffer[]): Promise<Frame> {
  const context = openVideoDecoder(native, codec);
  const packet = native.own(new Packet(), (each) => each.free());
  packet.alloc();
  packet.data = decoderInput(codec, units);
  checkDecoding(await context.sendPacket(packet), 'a key frame');
  checkDecoding(await context.sendPacket(null), 'a key frame');
  const frame = native.own(new Frame(), (each) => each.free());
  frame.alloc();
  const shown = hasDecoded(await context.receiveFrame(frame), 'a key frame');
  if (!shown) throw new CodecFailure('INVALID_DATA', 'A key frame gives no picture');
  return frame;
}

/** Video keeps to a part of the range of numbers that JPEG uses in full. */
async function toJpegColours(native: NativeObjects, frame: Frame): Promise<Frame> {
  const { width, height } = frame;
  const scaler = native.own(new SoftwareScaleContext(), (each) => each.freeContext());
  scaler.getContext(width, height, frame.format as never, width, height, AV_PIX_FMT_YUVJ420P, SWS_BILINEAR);
  const converted = native.own(new Frame(), (each) => each.free());
  allocatePicture(converted, { width, height });
  check(await scaler.scaleFrame(converted, frame), 'Converting a picture');
  converted.pts = 0n;
  return converted;
}

function allocatePicture(frame: Frame, { width, height }: PictureSize): void {
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = AV_PIX_FMT_YUVJ420P;
  check(frame.getBuffer(), 'Room for a picture');
}

async function encodeJpeg(native: NativeObjects, frame: Frame): Promise<Buffer> {
  const codec = findEncoder(FF_ENCODER_MJPEG);
  const context = native.own(new CodecContext(), (each) => each.freeContext());
  context.allocContext3(codec);
  context.width = frame.width;
  context.height = frame.height;
  context.pixelFormat = AV_PIX_FMT_YUVJ420P;
  context.timeBase = new Rational(1, 1);
  context.threadCount = 1;
  context.qMin = JPEG_QUANTIZER.least;
  context.qMax = JPEG_QUANTIZER.most;
  openCodec(context, codec);
  check(await context.sendFrame(frame), 'Encoding a JPEG');
  const packet = native.own(new Packet(), (each) => each.free());
  packet.alloc();
  check(await context.receivePacket(packet), 'Encoding a JPEG');
  return Buffer.from(packet.data ?? []);
}
