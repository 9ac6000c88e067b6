import { AV_PIX_FMT_YUV420P, AVCOL_SPC_BT709, SWS_AREA, SWS_BILINEAR } from '#node-av/constants';
import { Frame, SoftwareScaleContext } from '#node-av/lib';
import { CodecFailure } from './codec-failure.ts';
import type { DecodedPicture } from './decoded-picture.ts';
import { check, NativeObjects } from './native.ts';
import { isNeedless, PictureFilter, type PictureFilterSettings } from './picture-filter.ts';
import type { PictureSize } from './picture-size.ts';
import { hasColours, isDrawn } from './pixel-format.ts';
import { allocatePicture, type Planes, planesOf } from './planes.ts';
import type { Rectangle } from './rectangle.ts';

/** A picture of so many is scaled in less time than it takes to hand it to another thread and back. */
const QUICK_PIXELS = 640 * 360;

/** Where a pixel is made of so many, their mean is as good as what costs twice as much. */
const MANY = 4;

/** What is set up for pictures of one kind. */
interface Setup {
  readonly from: PictureFilterSettings;
  readonly filter: PictureFilter | undefined;
  readonly context: SoftwareScaleContext;
}

/**
 * Scales pictures to one size, into memory of its own: the scaler writes beyond the rows of some sizes. The colours become
 * those of BT.601, 4:2:0 of eight bits in the limited range: so browsers understand what they send, which mostly tells nothing.
 */
export class PictureScaler {
  readonly width: number;
  readonly height: number;
  readonly #native = new NativeObjects();
  readonly #target = this.#native.own(new Frame(), (frame) => frame.free());
  /** What was scaled last. */
  readonly planes: Planes;
  #setup: Setup | undefined;

  /** @param size even. @throws {CodecFailure} */
  constructor({ width, height }: PictureSize) {
    this.width = width;
    this.height = height;
    try {
      allocatePicture(this.#target, { width, height });
      this.planes = planesOf(this.#target);
    } catch (error) {
      this.#native.close();
      throw error;
    }
  }

  /**
   * One at a time.
   *
   * @param crop what of the picture is seen, from an even place on
   * @throws {CodecFailure}
   */
  async scale({ frame, width, height }: DecodedPicture, crop: Rectangle): Promise<void> {
    const isBt709 = frame.colorSpace === AVCOL_SPC_BT709 && hasColours(frame.format);
    const { filter, context } = this.#setUp({ width, height, pixelFormat: frame.format, crop, isBt709 });
    try {
      const source = filter ? await filter.filter(frame) : frame;
      const isQuick = Math.max(crop.width * crop.height, this.width * this.height) <= QUICK_PIXELS;
      const scaling = isQuick
        ? context.scaleFrameSync(this.#target, source)
        : await context.scaleFrame(this.#target, source);
      check(scaling, 'Scaling a picture');
    } finally {
      filter?.release();
    }
  }

  /** Not while it scales. */
  close(): void {
    this.#takeDown();
    this.#native.close();
  }

  #setUp(from: PictureFilterSettings): Setup {
    if (this.#setup && sameKind(this.#setup.from, from)) return this.#setup;
    this.#takeDown();
    const context = this.#openContext(from.crop, from.pixelFormat);
    try {
      this.#setup = { from, filter: isNeedless(from) ? undefined : new PictureFilter(from), context };
    } catch (error) {
      context.freeContext();
      throw error;
    }
    return this.#setup;
  }

  #openContext({ width, height }: PictureSize, pixelFormat: number): SoftwareScaleContext {
    if (!isDrawn(pixelFormat)) throw new CodecFailure('INTERNAL', `Pixel format ${pixelFormat} cannot be scaled`);
    const context = new SoftwareScaleContext();
    const flags = width * height >= MANY * this.width * this.height ? SWS_AREA : SWS_BILINEAR;
    try {
      context.getContext(width, height, pixelFormat, this.width, this.height, AV_PIX_FMT_YUV420P, flags);
    } catch (cause) {
      throw new CodecFailure('INTERNAL', `Pictures of ${width}x${height} cannot be scaled: ${String(cause)}`);
    }
    return context;
  }

  #takeDown(): void {
    this.#setup?.filter?.close();
    this.#setup?.context.freeContext();
    this.#setup = undefined;
  }
}

function sameKind(one: PictureFilterSettings, other: PictureFilterSettings): boolean {
  return (
    one.width === other.width &&
    one.height === other.height &&
    one.pixelFormat === other.pixelFormat &&
    one.isBt709 === other.isBt709 &&
    one.crop.x === other.crop.x &&
    one.crop.y === other.crop.y &&
    one.crop.width === other.crop.width &&
    one.crop.height === other.crop.height
  );
}
