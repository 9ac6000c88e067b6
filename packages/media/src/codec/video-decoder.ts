import { AV_CODEC_FLAG_LOW_DELAY, FF_DECODER_H264, FF_DECODER_VP8 } from '#node-av/constants';
import { CodecContext } from '#node-av/lib';
import { findDecoder, type NativeObjects, openCodec } from './native.ts';
import { MAXIMUM_PIXELS, type VideoCodec } from './picture-size.ts';

/** A decoder of one thread that gives each picture at once, closed with `native`. @throws {CodecFailure} */
export function openVideoDecoder(
  native: NativeObjects,
  name: VideoCodec,
  maximumPixels = MAXIMUM_PIXELS,
): CodecContext {
  const codec = findDecoder(name === 'h264' ? FF_DECODER_H264 : FF_DECODER_VP8);
  const context = native.own(new CodecContext(), (each) => each.freeContext());
  context.allocContext3(codec);
  context.threadCount = 1;
  context.setFlags(AV_CODEC_FLAG_LOW_DELAY);
  // Whatever a header says that was not looked at.
  openCodec(context, codec, { max_pixels: String(maximumPixels) });
  return context;
}
