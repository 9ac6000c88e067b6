import {
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV420P10LE,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV422P10LE,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUV444P10LE,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
  AV_PIX_FMT_YUVJ444P,
} from '#node-av/constants';

const FULL_RANGE: ReadonlySet<number> = new Set([AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P]);
const LIMITED_RANGE: ReadonlySet<number> = new Set([
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_YUV420P10LE,
  AV_PIX_FMT_YUV422P10LE,
  AV_PIX_FMT_YUV444P10LE,
]);

/** Whether it is what decoders of H.264 and VP8 make of what is sent. The scaler aborts on formats that it does not know. */
export function isDrawn(pixelFormat: number): pixelFormat is typeof AV_PIX_FMT_YUV420P {
  return LIMITED_RANGE.has(pixelFormat) || isFullRange(pixelFormat);
}

/** Black is 0 rather than 16, white 255 rather than 235. */
export function isFullRange(pixelFormat: number): boolean {
  return FULL_RANGE.has(pixelFormat);
}

export function hasColours(pixelFormat: number): boolean {
  return pixelFormat !== AV_PIX_FMT_GRAY8;
}
