import { type CodecContext, Frame, Packet } from '#node-av/lib';
import { isVp8KeyFrame } from '../rtp/vp8-frame.ts';
import { CodecFailure } from './codec-failure.ts';
import { H264Encoder } from './h264-encoder.ts';
import { checkDecoding, hasDecoded, NativeObjects } from './native.ts';
import { keyFrameSize } from './picture-size.ts';
import { openVideoDecoder } from './video-decoder.ts';

/** About two seconds: more than that is never caught up with. */
const MAXIMUM_WAITING = 60;

/** An H.264 access unit. */
export interface TranscodedPicture {
  /** NAL units; those of a key frame begin with its parameter sets. */
  readonly units: readonly Buffer[];
  readonly keyFrame: boolean;
}

/**
 * Makes H.264 of VP8, a picture for a picture: a key frame of a key frame, no other, and no picture comes late. The size
 * may change at a key frame; an odd side loses its last line.
 */
export class Vp8Transcoder {
  readonly #native = new NativeObjects();
  readonly #decoder: CodecContext;
  readonly #packet = this.#native.own(new Packet(), (packet) => packet.free());
  readonly #frame = this.#native.own(new Frame(), (frame) => frame.free());
  #encoder: H264Encoder | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** What waits, or was dropped, is followed by what cannot be decoded without it. */
  #dropping = true;
  #broken = false;
  #closed = false;

  /** @throws {CodecFailure} */
  constructor() {
    this.#packet.alloc();
    this.#frame.alloc();
    this.#decoder = openVideoDecoder(this.#native, 'vp8');
  }

  /**
   * Frames may be given without waiting for those before them; their pictures come in the same order.
   *
   * @returns undefined for a frame that gives no picture: it is not to be shown, or it follows one that was dropped
   *   because too many waited, or one that could not be decoded, and no key frame has come since
   * @throws {MalformedMedia} for a key frame whose size cannot be read or is out of bounds
   * @throws {CodecFailure} with INVALID_DATA for what cannot be decoded
   */
  async transcode(frame: Buffer): Promise<TranscodedPicture | undefined> {
    const keyFrame = isVp8KeyFrame(frame);
    if (this.#closed || this.#waiting >= MAXIMUM_WAITING || (this.#dropping && !keyFrame)) {
      this.#dropping = true;
      return undefined;
    }
    this.#dropping = false;
    this.#waiting += 1;
    const picture = this.#last.then(() => this.#transcodeNext(frame, keyFrame));
    this.#last = picture.catch(() => undefined).finally(() => (this.#waiting -= 1));
    return picture;
  }

  /** After what waits is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    this.#encoder?.close();
    this.#encoder = undefined;
    this.#native.close();
  }

  async #transcodeNext(frame: Buffer, keyFrame: boolean): Promise<TranscodedPicture | undefined> {
    if (this.#broken && !keyFrame) return undefined;
    this.#broken = true;
    if (keyFrame) keyFrameSize('vp8', [frame]);
    const shown = await this.#decode(frame);
    this.#broken = false;
    if (!shown) return undefined;
    const encoder = this.#encoderOf(this.#frame);
    const picture = await encoder.encode(this.#frame, keyFrame ? 'key frame' : 'any');
    this.#frame.unref();
    return picture;
  }

  async #decode(frame: Buffer): Promise<boolean> {
    this.#packet.unref();
    this.#packet.data = frame;
    checkDecoding(await this.#decoder.sendPacket(this.#packet), 'VP8');
    return hasDecoded(await this.#decoder.receiveFrame(this.#frame), 'VP8');
  }

  #encoderOf(frame: Frame): H264Encoder {
    const [width, height] = [frame.width & ~1, frame.height & ~1];
    if (width === 0 || height === 0) throw new CodecFailure('INVALID_DATA', 'A picture is too small');
    if (this.#encoder?.width !== width || this.#encoder.height !== height) {
      this.#encoder?.close();
      this.#encoder = undefined;
      this.#encoder = new H264Encoder(width, height);
    }
    frame.width = width;
    frame.height = height;
    return this.#encoder;
  }
}
