import { Frame, Packet } from '#node-av/lib';
import { CodecFailure } from './codec-failure.ts';
import { DecodedPicture } from './decoded-picture.ts';
import { checkDecoding, hasDecoded, NativeObjects } from './native.ts';
import type { PictureSize, VideoCodec } from './picture-size.ts';
import { isDrawn } from './pixel-format.ts';
import { openVideoDecoder } from './video-decoder.ts';

/** 1080p either way up, in whole macroblocks. */
const LARGEST = { longSide: 1_920, shortSide: 1_088 };

/** Whether a video is not too large for {@link PictureDecoder}. */
export function isDrawable({ width, height }: PictureSize): boolean {
  return Math.max(width, height) <= LARGEST.longSide && Math.min(width, height) <= LARGEST.shortSide;
}

/** A picture of so many is decoded in little more time than it takes to hand it to another thread and back. */
const QUICK_PIXELS = 320 * 240;
/** Frames without memory that wait for their next use. */
const MAXIMUM_SPARE = 8;

/** Decodes one video, picture by picture. Its size may change with a key frame. */
export class PictureDecoder {
  readonly codec: VideoCodec;
  readonly #native = new NativeObjects();
  readonly #context;
  readonly #packet = this.#native.own(new Packet(), (packet) => packet.free());
  readonly #spare: Frame[] = [];

  /** @throws {CodecFailure} */
  constructor(codec: VideoCodec) {
    this.codec = codec;
    this.#packet.alloc();
    this.#context = openVideoDecoder(this.#native, codec, LARGEST.longSide * LARGEST.shortSide);
  }

  /**
   * One at a time: the next is given when this one is done.
   *
   * @param input as {@link decoderInput} makes it
   * @returns held by who asked; undefined for what is not to be shown
   * @throws {CodecFailure} with INVALID_DATA for what cannot be decoded, or is too large or of colours that are not drawn
   */
  async decode(input: Buffer): Promise<DecodedPicture | undefined> {
    this.#packet.unref();
    this.#packet.data = input;
    // Sending decodes; receiving is then no more than taking over the memory.
    // Of the picture before; none before the first one.
    const { width, height } = this.#context;
    const isQuick = width > 0 && width * height <= QUICK_PIXELS;
    const decoding = isQuick
      ? this.#context.sendPacketSync(this.#packet)
      : await this.#context.sendPacket(this.#packet);
    checkDecoding(decoding, this.codec);
    let newest: DecodedPicture | undefined;
    for (let next = this.#receive(); next; next = this.#receive()) {
      newest?.release();
      newest = next;
    }
    return newest;
  }

  /** Not while it decodes. Pictures that are held stay. */
  close(): void {
    this.#native.close();
    for (const frame of this.#spare.splice(0)) frame.free();
  }

  #receive(): DecodedPicture | undefined {
    const frame = this.#spare.pop() ?? newFrame();
    try {
      if (hasDecoded(this.#context.receiveFrameSync(frame), this.codec)) return this.#pictureOf(frame);
    } catch (error) {
      this.#reuse(frame);
      throw error;
    }
    this.#reuse(frame);
    return undefined;
  }

  #pictureOf(frame: Frame): DecodedPicture {
    if (!isDrawn(frame.format)) {
      throw new CodecFailure('INVALID_DATA', `Pictures of the pixel format ${frame.format} are not drawn`);
    }
    return new DecodedPicture(frame, (each) => this.#reuse(each));
  }

  #reuse(frame: Frame): void {
    frame.unref();
    if (this.#native.closed || this.#spare.length === MAXIMUM_SPARE) frame.free();
    else this.#spare.push(frame);
  }
}

function newFrame(): Frame {
  const frame = new Frame();
  frame.alloc();
  return frame;
}
