import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_SMPTE170M,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_TRC_SMPTE170M,
  FF_ENCODER_LIBX264,
} from '#node-av/constants';
import { CodecContext, Packet, Rational } from '#node-av/lib';
import type { VideoConfig } from '../hls/sample-entry.ts';
import { isKeyFrame, NAL_UNIT_TYPE, nalUnitType, splitByteStream } from '../rtp/nal-unit.ts';
import type { Canvas } from './canvas.ts';
import { CodecFailure } from './codec-failure.ts';
import { check, findEncoder, NativeObjects, openCodecAside } from './native.ts';
import type { PictureSize } from './picture-size.ts';

/** x264's, the best first. */
export const PRESETS = ['veryfast', 'superfast', 'ultrafast'] as const;
export type Preset = (typeof PRESETS)[number];

export interface CanvasEncoderSettings extends PictureSize {
  readonly framesPerSecond: number;
  readonly bitrateBps: number;
  readonly preset: Preset;
}

/** More than 1280 x 720 is too much for one thread on small machines. */
const PIXELS_PER_THREAD = 1_280 * 720;
/** x264 counts in kilobits, and refuses none. */
const LEAST_BITRATE_BPS = 1_000;
/** Rates are told as fractions: 29.97 is 29970 by 1000. */
const RATE_SCALE = 1_000;

/**
 * Of all presets alike, so that a decoder goes on with the same parameter sets when another preset takes over: what they
 * tell is not left to the preset.
 */
const COMMON_PARAMETERS = [
  'cabac=1',
  '8x8dct=1',
  'weightp=0',
  'ref=1',
  'stitchable=1',
  'keyint=infinite',
  'scenecut=0',
];

/**
 * x264 for a canvas that is drawn over and over: it gives each picture at once, none of them B, key frames only where they
 * are asked for, at a constant bitrate.
 */
export class CanvasEncoder {
  readonly preset: Preset;
  readonly #native: NativeObjects;
  readonly #context: CodecContext;
  readonly #packet: Packet;
  /** The same for all presets. */
  readonly config: VideoConfig;

  private constructor(native: NativeObjects, context: CodecContext, preset: Preset) {
    this.#native = native;
    this.#context = context;
    this.preset = preset;
    this.#packet = native.own(new Packet(), (packet) => packet.free());
    this.#packet.alloc();
    this.config = readConfig(context);
  }

  /** @throws {CodecFailure} */
  static async open(settings: CanvasEncoderSettings): Promise<CanvasEncoder> {
    const native = new NativeObjects();
    try {
      return new CanvasEncoder(native, await openContext(native, settings), settings.preset);
    } catch (error) {
      native.close();
      throw error;
    }
  }

  /**
   * One at a time; meanwhile the canvas is not drawn on.
   *
   * @param frameNumber grows with each picture, by more than one where some were left out
   * @returns NAL units without parameter sets
   * @throws {CodecFailure}
   */
  async encode(
    { frame }: Canvas,
    frameNumber: number,
    wanted: 'key frame' | 'any',
  ): Promise<{ units: Buffer[]; keyFrame: boolean }> {
    frame.pts = BigInt(frameNumber);
    frame.pictType = wanted === 'key frame' ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    // Encodes; receiving is then no more than taking over the memory.
    check(await this.#context.sendFrame(frame), 'Encoding H.264');
    check(this.#context.receivePacketSync(this.#packet), 'Encoding H.264');
    const units = splitByteStream(Buffer.from(this.#packet.data ?? [])).filter(isPartOfPicture);
    this.#packet.unref();
    return { units, keyFrame: isKeyFrame(units) };
  }

  /** Not while it encodes. */
  close(): void {
    this.#native.close();
  }
}

async function openContext(
  native: NativeObjects,
  { width, height, framesPerSecond, bitrateBps, preset }: CanvasEncoderSettings,
): Promise<CodecContext> {
  const codec = findEncoder(FF_ENCODER_LIBX264);
  const context = native.own(new CodecContext(), (each) => each.freeContext());
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  // As scalers make them.
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.colorPrimaries = AVCOL_PRI_SMPTE170M;
  context.colorTrc = AVCOL_TRC_SMPTE170M;
  const rate = Math.round(framesPerSecond * RATE_SCALE);
  context.timeBase = new Rational(RATE_SCALE, rate);
  context.framerate = new Rational(rate, RATE_SCALE);
  const bits = Math.max(LEAST_BITRATE_BPS, bitrateBps);
  context.bitRate = BigInt(bits);
  context.rcMaxRate = BigInt(bits);
  context.rcBufferSize = bits;
  context.threadCount = width * height > PIXELS_PER_THREAD ? 2 : 1;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  await openCodecAside(context, codec, {
    preset,
    tune: 'zerolatency',
    profile: 'high',
    'forced-idr': '1',
    'x264-params': COMMON_PARAMETERS.join(':'),
  });
  return context;
}

function readConfig(context: CodecContext): VideoConfig {
  const units = splitByteStream(Buffer.from(context.extraData ?? []));
  const [sequence] = units.filter((unit) => nalUnitType(unit) === NAL_UNIT_TYPE.sequenceParameterSet);
  const [picture] = units.filter((unit) => nalUnitType(unit) === NAL_UNIT_TYPE.pictureParameterSet);
  if (!sequence || !picture) throw new CodecFailure('INTERNAL', 'The H.264 encoder does not tell its parameter sets');
  return { sequenceParameterSets: [sequence], pictureParameterSets: [picture] };
}

/** The rest tells what the encoder's settings are. */
function isPartOfPicture(unit: Buffer): boolean {
  return nalUnitType(unit) !== NAL_UNIT_TYPE.supplementalEnhancement;
}
