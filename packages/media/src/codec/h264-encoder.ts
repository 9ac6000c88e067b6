import { AV_PICTURE_TYPE_I, AV_PICTURE_TYPE_NONE, AV_PIX_FMT_YUV420P, FF_ENCODER_LIBX264 } from '#node-av/constants';
import { CodecContext, type Frame, Packet, Rational } from '#node-av/lib';
import { isKeyFrame, splitByteStream } from '../rtp/nal-unit.ts';
import { check, findEncoder, NativeObjects, openCodec } from './native.ts';

/** What the bitrate is held against; the pictures may come at any rate. */
const USUAL_FRAMES_A_SECOND = 30;
/** 2.8 Mbps of 1280 x 720: what a stage takes of a publisher. */
const MAXIMUM_BPS_A_PIXEL = 3;

/**
 * x264 that gives each picture at once, none of them B, and key frames only where they are asked for. The quality is
 * constant as far as the bitrate allows.
 */
export class H264Encoder {
  readonly width: number;
  readonly height: number;
  readonly #native = new NativeObjects();
  readonly #context = this.#native.own(new CodecContext(), (context) => context.freeContext());
  readonly #packet = this.#native.own(new Packet(), (packet) => packet.free());
  #encoded = 0n;

  /** @param width even; `height` too. @throws {CodecFailure} */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    const codec = findEncoder(FF_ENCODER_LIBX264);
    this.#packet.alloc();
    this.#context.allocContext3(codec);
    this.#context.width = width;
    this.#context.height = height;
    this.#context.pixelFormat = AV_PIX_FMT_YUV420P;
    this.#context.timeBase = new Rational(1, USUAL_FRAMES_A_SECOND);
    this.#context.framerate = new Rational(USUAL_FRAMES_A_SECOND, 1);
    this.#context.threadCount = 1;
    const kbps = String(Math.ceil((MAXIMUM_BPS_A_PIXEL * width * height) / 1_000));
    openCodec(this.#context, codec, {
      preset: 'superfast',
      tune: 'zerolatency',
      profile: 'main',
      crf: '23',
      'forced-idr': '1',
      'x264-params': `keyint=infinite:scenecut=0:vbv-maxrate=${kbps}:vbv-bufsize=${kbps}`,
    });
  }

  /** @param frame 4:2:0 of eight bits, as large as said, changed here in its time and type. @throws {CodecFailure} */
  async encode(frame: Frame, wanted: 'key frame' | 'any'): Promise<{ units: Buffer[]; keyFrame: boolean }> {
    frame.pts = this.#encoded;
    this.#encoded += 1n;
    frame.pictType = wanted === 'key frame' ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    check(await this.#context.sendFrame(frame), 'Encoding H.264');
    check(await this.#context.receivePacket(this.#packet), 'Encoding H.264');
    const units = splitByteStream(Buffer.from(this.#packet.data ?? []));
    this.#packet.unref();
    return { units, keyFrame: isKeyFrame(units) };
  }

  close(): void {
    this.#native.close();
  }
}
