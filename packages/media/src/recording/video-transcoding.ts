import { CodecFailure } from '../codec/codec-failure.ts';
import { Vp8Transcoder } from '../codec/vp8-transcoder.ts';
import { MalformedMedia } from '../rtp/malformed-media.ts';
import type { ReceivedPicture } from './video-input.ts';

export interface VideoTranscodingOptions {
  onPicture(picture: ReceivedPicture): void;
  /** May be called often. */
  requestKeyFrame(): void;
  /** The codec itself failed. */
  onFailed(error: unknown): void;
}

/** Ten seconds: as much as may be held back until the beginning of a recording is known. */
const MAXIMUM_WAITING = 300;

/** Makes H.264 of a stream's VP8. Pictures come in their order, and later; with more than there is time for, some are left out. */
export class VideoTranscoding {
  readonly #options: VideoTranscodingOptions;
  readonly #transcoder = new Vp8Transcoder();
  readonly #waiting: ReceivedPicture[] = [];
  #working: Promise<void> | undefined;
  /** One was left out: the next key frame is waited for. */
  #broken = false;

  constructor(options: VideoTranscodingOptions) {
    this.#options = options;
  }

  push(picture: ReceivedPicture): void {
    if (picture.keyFrame) this.#broken = false;
    if (this.#waiting.length === MAXIMUM_WAITING) this.#broken = true;
    if (this.#broken) {
      this.#options.requestKeyFrame();
      return;
    }
    this.#waiting.push(picture);
    this.#working ??= this.#work();
  }

  /** After all that was pushed. */
  async close(): Promise<void> {
    await this.#working;
    await this.#transcoder.close();
  }

  async #work(): Promise<void> {
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await this.#transcode(next);
      this.#working = undefined;
    } catch (error) {
      this.#options.onFailed(error);
    }
  }

  async #transcode({ timeMs, units }: ReceivedPicture): Promise<void> {
    const picture = await this.#transcoder.transcode(Buffer.concat(units)).catch((error) => {
      const damaged =
        error instanceof MalformedMedia || (error instanceof CodecFailure && error.reason === 'INVALID_DATA');
      if (!damaged) throw error;
      return undefined;
    });
    if (picture) this.#options.onPicture({ timeMs, ...picture });
    else this.#options.requestKeyFrame();
  }
}
