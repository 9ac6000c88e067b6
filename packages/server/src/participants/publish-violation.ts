import type { VideoFacts } from '@proscenium/media';
import type { EventErrorCode } from '@proscenium/model';

export interface PublishLimits {
  /** Of the largest 16:9 picture, which the shorter side of no other one exceeds either. Infinity: unlimited. */
  readonly publishPixels: number;
  /** All streams and layers together. Infinity: unlimited. */
  readonly publishBitrateBps: number;
}

/** What is known of a publish by now. */
export interface MeasuredPublish {
  /** One for each layer that was looked at. */
  readonly video: Iterable<VideoFacts>;
  /** Over ten seconds; undefined before so many have gone by. */
  readonly averageBps: number | undefined;
}

/** Senders that keep to the limit on average swing around it, and packet headers count here. */
const BITRATE_TOLERANCE = 1.1;

const [WIDE, HIGH] = [16, 9];
const CHROMA_420 = 1;

/** The limit that a publish breaks, if any: it is to be cut. */
export function publishViolation(measured: MeasuredPublish, limits: PublishLimits): EventErrorCode | undefined {
  const layers = [...measured.video];
  if (layers.some((facts) => facts.codec === 'h264' && facts.bFrames)) return 'B_FRAME_PRESENT';
  if (layers.some((facts) => !isDecodable(facts))) return 'INVALID_VIDEO_CODEC';
  if (layers.some((facts) => isTooLarge(facts, limits.publishPixels))) return 'RESOLUTION_EXCEEDED';
  const { averageBps = 0 } = measured;
  return averageBps > BITRATE_TOLERANCE * limits.publishBitrateBps ? 'BITRATE_EXCEEDED' : undefined;
}

/** Whatever profile was agreed on, browsers decode whole pictures of 8 bits with half the colours. */
function isDecodable(facts: VideoFacts): boolean {
  if (facts.codec !== 'h264') return true;
  return facts.chromaFormatIdc === CHROMA_420 && facts.bitDepth === 8 && !facts.interlaced;
}

function isTooLarge({ width, height }: VideoFacts, pixels: number): boolean {
  const shortSide = Math.sqrt((pixels * HIGH) / WIDE);
  return width * height > pixels || Math.min(width, height) > shortSide;
}
