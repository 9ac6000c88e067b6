import { CodecFailure } from '../../codec/codec-failure.ts';
import type { DecodedPicture } from '../../codec/decoded-picture.ts';
import { PictureDecoder } from '../../codec/picture-decoder.ts';
import { decoderInput, type VideoCodec } from '../../codec/picture-size.ts';
import type { ReceivedPicture } from '../../recording/video-input.ts';

export interface VideoDecodingOptions {
  readonly codec: VideoCodec;
  /** Held by who is told. */
  onPicture(timeMs: number, picture: DecodedPicture): void;
  /** What follows cannot be decoded before the next key frame. */
  onBroken(): void;
  /** Whether there is room for another picture; where there is none, {@link VideoDecoding.proceed} tells that there is. */
  hasRoom(): boolean;
}

/** About two seconds: more than that is never caught up with. */
const MAXIMUM_WAITING = 60;
/** A decoder that has failed so often in turn is replaced. */
const MAXIMUM_FAILURES = 8;

/** Decodes a video as it comes, in the order of its pictures, beside everything else. */
export class VideoDecoding {
  readonly #options: VideoDecodingOptions;
  #waiting: ReceivedPicture[] = [];
  #decoder: PictureDecoder | undefined;
  #failures = 0;
  /** A key frame comes first. */
  #broken = true;
  #working: Promise<void> | undefined;
  /** Counts what began anew: a picture of before is not told any more. */
  #era = 0;
  #closed = false;

  constructor(options: VideoDecodingOptions) {
    this.#options = options;
  }

  get codec(): VideoCodec {
    return this.#options.codec;
  }

  push(picture: ReceivedPicture): void {
    if (this.#closed) return;
    if (this.#waiting.length >= MAXIMUM_WAITING) this.#skip(1);
    if (picture.keyFrame) this.#broken = false;
    if (this.#broken) {
      this.#options.onBroken();
      return;
    }
    this.#waiting.push(picture);
    this.proceed();
  }

  /** Something is missing before what is pushed next. */
  lose(): void {
    this.#broken = true;
    this.#options.onBroken();
  }

  /** There is room again. */
  proceed(): void {
    if (this.#working || this.#closed || this.#waiting.length === 0 || !this.#options.hasRoom()) return;
    this.#working = this.#work();
  }

  /** What was pushed is not decoded any more; a key frame comes next. */
  flush(): void {
    this.#era += 1;
    this.#waiting = [];
    this.#broken = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.flush();
    await this.#working;
    this.#closeDecoder();
  }

  async #work(): Promise<void> {
    while (this.#options.hasRoom()) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      await this.#decode(next);
    }
    this.#working = undefined;
  }

  async #decode({ timeMs, units }: ReceivedPicture): Promise<void> {
    const era = this.#era;
    try {
      this.#decoder ??= new PictureDecoder(this.codec);
      const picture = await this.#decoder.decode(decoderInput(this.codec, units));
      this.#failures = 0;
      if (picture === undefined) return;
      if (era === this.#era) this.#options.onPicture(timeMs, picture);
      else picture.release();
    } catch (error) {
      if (!(error instanceof CodecFailure)) throw error;
      this.#fail(error, era);
    }
  }

  #fail({ reason }: CodecFailure, era: number): void {
    this.#failures += 1;
    if (reason === 'INTERNAL' || this.#failures >= MAXIMUM_FAILURES) this.#closeDecoder();
    if (era === this.#era) this.#skip(0);
  }

  /** Goes on with the first key frame that waits from an index on; without one, with the next that comes. */
  #skip(from: number): void {
    const keyFrame = this.#waiting.findIndex((each, index) => index >= from && each.keyFrame);
    this.#waiting = keyFrame === -1 ? [] : this.#waiting.slice(keyFrame);
    if (keyFrame === -1) this.lose();
  }

  #closeDecoder(): void {
    this.#decoder?.close();
    this.#decoder = undefined;
    this.#failures = 0;
  }
}
