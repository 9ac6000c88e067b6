import type { AvcConfiguration, AvcPicture } from '../rtmp/index.ts';
import {
  FrameRateMeter,
  type H264Facts,
  MalformedMedia,
  packetizeH264,
  readSequenceParameterSet,
} from '../rtp/index.ts';
import { type PlacedPicture, type StreamName, videoStream } from './placed-media.ts';
import { VideoPassthrough } from './video-passthrough.ts';

const VIDEO_CLOCK_RATE = 90_000;
/** Leaves room for what the SFU and encryption add. */
const MAXIMUM_PAYLOAD_BYTES = 1_180;
/** Between two pictures, where the encoder's clock stands still or was set back a little. */
const MINIMUM_STEP_MS = 1;
/** What is measured of a track of which no picture comes is of no use. */
const SILENT_AFTER_MS = 2_000;

/** One track of an encoder's video. */
export class VideoTrack {
  /** By the order in which they came. */
  readonly index: number;
  /** As the encoder numbers it. */
  readonly trackId: number;
  readonly stream: StreamName;
  readonly #passthrough: VideoPassthrough;
  readonly #frameRate = new FrameRateMeter(VIDEO_CLOCK_RATE);
  #area: number | undefined;
  #lastPictureMs = -Infinity;
  #lastArrivalMs = -Infinity;
  #pictures = 0;

  /** @param onFacts told what it is when that becomes known or changes, before the picture with which it does */
  constructor(index: number, trackId: number, onFacts: (facts: H264Facts) => void) {
    this.index = index;
    this.trackId = trackId;
    this.stream = videoStream(index);
    this.#passthrough = new VideoPassthrough((facts) => {
      this.#area = facts.width * facts.height;
      onFacts(facts);
    });
  }

  /** Of a picture in pixels, as it was told last; undefined where that cannot be read. */
  get area(): number | undefined {
    return this.#area;
  }

  /** That were read so far. */
  get pictures(): number {
    return this.#pictures;
  }

  /** By timestamps; undefined before there are pictures, and once there are none any more. */
  framesPerSecond(nowMs: number): number | undefined {
    return nowMs - this.#lastArrivalMs > SILENT_AFTER_MS ? undefined : this.#frameRate.framesPerSecond;
  }

  configure(configuration: Pick<AvcConfiguration, 'sps' | 'pps'>): void {
    this.#passthrough.configure(configuration);
    this.#area = areaOf(configuration) ?? this.#area;
  }

  /**
   * @param place when it is shown, before anything is known of the pictures before it
   * @returns undefined where there is no picture, and before the first key frame
   */
  read(picture: AvcPicture, nowMs: number, place: () => number): Required<PlacedPicture> | undefined {
    const units = this.#passthrough.pass(picture);
    if (!units) return undefined;
    // To receivers, packets of one time are one picture, and one of an earlier time comes too late.
    const mediaMs = Math.max(place(), this.#lastPictureMs + MINIMUM_STEP_MS);
    this.#lastPictureMs = mediaMs;
    this.#lastArrivalMs = nowMs;
    this.#pictures += 1;
    this.#frameRate.add(Math.round((mediaMs * VIDEO_CLOCK_RATE) / 1_000) >>> 0);
    const payloads = packetizeH264(units, MAXIMUM_PAYLOAD_BYTES);
    return { payloads, keyFrame: picture.keyFrame, mediaMs, track: this.index };
  }
}

function areaOf({ sps: [first] }: Pick<AvcConfiguration, 'sps'>): number | undefined {
  try {
    const set = first && readSequenceParameterSet(first);
    return set && set.width * set.height;
  } catch (error) {
    if (error instanceof MalformedMedia) return undefined;
    throw error;
  }
}
