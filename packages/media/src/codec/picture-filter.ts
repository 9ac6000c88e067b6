import { AV_BUFFERSRC_FLAG_KEEP_REF, AV_BUFFERSRC_FLAG_PUSH } from '#node-av/constants';
import { type FilterContext, FilterGraph, Frame } from '#node-av/lib';
import { CodecFailure } from './codec-failure.ts';
import { check, NativeObjects } from './native.ts';
import type { PictureSize } from './picture-size.ts';
import { isFullRange } from './pixel-format.ts';
import type { Rectangle } from './rectangle.ts';

/** What is made of which pictures. */
export interface PictureFilterSettings extends PictureSize {
  readonly pixelFormat: number;
  /** What is left of them, from an even place on. */
  readonly crop: Rectangle;
  /** Their colours are those of BT.709, and become those of BT.601. */
  readonly isBt709: boolean;
}

/** Neither would change the pictures. */
export function isNeedless({ width, height, crop, isBt709 }: PictureFilterSettings): boolean {
  return crop.width === width && crop.height === height && !isBt709;
}

/**
 * Takes a part out of pictures, without a copy, and changes its colours. Reading pictures as buffers would do as well, but each
 * of those is memory in the eyes of the garbage collector, which then runs several times a second.
 */
export class PictureFilter {
  readonly #native = new NativeObjects();
  readonly #graph = this.#native.own(new FilterGraph(), (graph) => graph.free());
  readonly #output = this.#native.own(new Frame(), (frame) => frame.free());
  readonly #source: FilterContext;
  readonly #sink: FilterContext;
  readonly #changesColours: boolean;

  /** @throws {CodecFailure} */
  constructor(settings: PictureFilterSettings) {
    this.#changesColours = settings.isBt709;
    try {
      this.#output.alloc();
      this.#graph.alloc();
      this.#graph.nbThreads = 1;
      check(this.#graph.parsePtr(describe(settings), null, null), 'Setting up a filter');
      check(this.#graph.configSync(), 'Setting up a filter');
      const [source, sink] = [this.#graph.filters?.at(0), this.#graph.filters?.at(-1)];
      if (!source || !sink) throw new CodecFailure('INTERNAL', 'A filter lacks its ends');
      this.#source = source;
      this.#sink = sink;
    } catch (error) {
      this.#native.close();
      throw error;
    }
  }

  /** One at a time. @returns valid until {@link release}. @throws {CodecFailure} */
  async filter(frame: Frame): Promise<Frame> {
    const flags = (AV_BUFFERSRC_FLAG_KEEP_REF | AV_BUFFERSRC_FLAG_PUSH) as typeof AV_BUFFERSRC_FLAG_PUSH;
    const filtering = this.#changesColours
      ? await this.#source.buffersrcAddFrame(frame, flags)
      : this.#source.buffersrcAddFrameSync(frame, flags);
    check(filtering, 'Filtering a picture');
    check(this.#sink.buffersinkGetFrameSync(this.#output), 'Filtering a picture');
    // Else the library has put something in between.
    if (this.#output.format !== frame.format) throw new CodecFailure('INTERNAL', 'A filter changes the pixel format');
    return this.#output;
  }

  release(): void {
    this.#output.unref();
  }

  close(): void {
    this.#native.close();
  }
}

/** In FFmpeg's language. */
function describe({ width, height, pixelFormat, crop, isBt709 }: PictureFilterSettings): string {
  const range = isFullRange(pixelFormat) ? 'pc' : 'tv';
  const matrix = isBt709 ? 'bt709' : 'smpte170m';
  // The curves and primaries are as good as the same, and to change them costs ten times as much.
  const alike = 'itrc=bt709:trc=bt709:iprimaries=bt709:primaries=bt709';
  const source = `buffer=video_size=${width}x${height}:pix_fmt=${pixelFormat}:time_base=1/90000`;
  return [
    `${source}:colorspace=${matrix}:range=${range}`,
    `crop=${crop.width}:${crop.height}:${crop.x}:${crop.y}:exact=1`,
    ...(isBt709 ? [`colorspace=ispace=bt709:space=smpte170m:irange=${range}:range=${range}:${alike}:fast=1`] : []),
    'buffersink',
  ].join(',');
}
