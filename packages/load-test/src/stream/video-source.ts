import { packetizeH264 } from '@proscenium/media/rtp';
import { GrayVideo, type PictureSize } from './gray-video.ts';

export interface VideoSettings extends PictureSize {
  readonly framesPerSecond: number;
  /** Of the payload. */
  readonly bitrateBps: number;
  /** Between key frames that nobody asked for. */
  readonly keyFrameIntervalSeconds: number;
}

export const VIDEO_DEFAULTS: VideoSettings = {
  width: 1280,
  height: 720,
  framesPerSecond: 30,
  bitrateBps: 2_000_000,
  keyFrameIntervalSeconds: 2,
};

const MAXIMUM_PAYLOAD_BYTES = 1_150;
/** Key frames that are asked for more often come together, as with browsers. */
const MINIMUM_KEY_FRAME_INTERVAL_MS = 300;

/** The payloads of a video, picture by picture. */
export class VideoSource {
  readonly settings: VideoSettings;
  readonly #video: GrayVideo;
  readonly #bytesPerPicture: number;
  #number = 0;
  #lastKeyFrameMs = Number.NEGATIVE_INFINITY;
  #keyFrameWanted = true;

  constructor(settings: VideoSettings) {
    this.settings = settings;
    this.#video = new GrayVideo(settings);
    this.#bytesPerPicture = Math.floor(settings.bitrateBps / 8 / settings.framesPerSecond);
  }

  askForKeyFrame(): void {
    this.#keyFrameWanted = true;
  }

  /** @param nowMs by the clock that stands in the mark of the picture */
  next(nowMs: number): Buffer[] {
    const sinceMs = nowMs - this.#lastKeyFrameMs;
    const keyFrame =
      sinceMs >= this.settings.keyFrameIntervalSeconds * 1_000 ||
      (this.#keyFrameWanted && sinceMs >= MINIMUM_KEY_FRAME_INTERVAL_MS);
    if (keyFrame) {
      this.#lastKeyFrameMs = nowMs;
      this.#keyFrameWanted = false;
    }
    const units = this.#video.next(keyFrame, this.#bytesPerPicture, { timeMs: nowMs, number: this.#number });
    this.#number += 1;
    return packetizeH264(units, MAXIMUM_PAYLOAD_BYTES);
  }
}
