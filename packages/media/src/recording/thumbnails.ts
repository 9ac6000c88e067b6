import { CodecFailure } from '../codec/codec-failure.ts';
import { encodeThumbnail } from '../codec/thumbnail.ts';
import { MalformedMedia } from '../rtp/malformed-media.ts';

export interface ThumbnailsOptions {
  readonly targetIntervalSeconds: number;
  onThumbnail(jpeg: Buffer): void;
  /** May be called often. */
  requestKeyFrame(): void;
  /** The codec itself failed. */
  onFailed(error: unknown): void;
}

/** Makes pictures of key frames: of the first one, and one each interval. */
export class Thumbnails {
  readonly #options: ThumbnailsOptions;
  #nextMs: number | undefined;
  #encoding: Promise<void> | undefined;

  constructor(options: ThumbnailsOptions) {
    this.#options = options;
  }

  /** @param units those of a key frame, its parameter sets among them; undefined for another picture */
  offer(codec: 'h264' | 'vp8', units: readonly Buffer[] | undefined, timeMs: number): void {
    this.#nextMs ??= timeMs;
    if (timeMs < this.#nextMs || this.#encoding) return;
    if (!units) {
      this.#options.requestKeyFrame();
      return;
    }
    const intervalMs = 1_000 * this.#options.targetIntervalSeconds;
    this.#nextMs += intervalMs * (1 + Math.floor((timeMs - this.#nextMs) / intervalMs));
    this.#encoding = this.#encode(codec, units).finally(() => {
      this.#encoding = undefined;
    });
  }

  async settled(): Promise<void> {
    await this.#encoding;
  }

  async #encode(codec: 'h264' | 'vp8', units: readonly Buffer[]): Promise<void> {
    try {
      this.#options.onThumbnail(await encodeThumbnail(codec, units));
    } catch (error) {
      // What a publisher sends may be damaged: there is another key frame.
      const damaged =
        error instanceof MalformedMedia || (error instanceof CodecFailure && error.reason === 'INVALID_DATA');
      if (!damaged) this.#options.onFailed(error);
    }
  }
}
