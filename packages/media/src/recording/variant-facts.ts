import { aacCodecString, avcCodecString } from '../hls/codec-string.ts';
import { type Variant, writeMultivariantPlaylist } from '../hls/multivariant-playlist.ts';
import { readSequenceParameterSet } from '../rtp/sequence-parameter-set.ts';
import type { Segment } from './segment.ts';

/** What a recording's segments have in common or at most, for its multivariant playlist. */
export interface VariantFacts {
  readonly peakBps: number;
  readonly bytes: number;
  readonly durationSeconds: number;
  /** The most demanding one. */
  readonly videoCodec?: string;
  readonly audioCodec?: string;
  /** Of the largest picture. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
}

export const NO_FACTS: VariantFacts = { peakBps: 0, bytes: 0, durationSeconds: 0, width: 0, height: 0, frameRate: 0 };

/** Of a shorter segment the bitrate and the rate of pictures say little. */
const MINIMUM_SECONDS = 1;

export function withSegment(facts: VariantFacts, segment: Segment, bytes: number): VariantFacts {
  const { period, durationSeconds, video } = segment;
  const tells = durationSeconds >= MINIMUM_SECONDS || facts.durationSeconds === 0;
  const bitrateBps = Math.ceil((8 * bytes) / durationSeconds);
  const pictures = video?.samples.length ?? 0;
  // A single picture is black that stands for a while.
  const frameRate = pictures > 1 && tells ? Math.round(pictures / durationSeconds) : 0;
  return {
    ...facts,
    peakBps: Math.max(facts.peakBps, tells ? bitrateBps : 0),
    bytes: facts.bytes + bytes,
    durationSeconds: facts.durationSeconds + durationSeconds,
    frameRate: Math.max(facts.frameRate, frameRate),
    audioCodec: aacCodecString(period.audio.audioSpecificConfig),
    ...(period.video && withPicture(facts, period.video.sequenceParameterSets[0])),
  };
}

function withPicture(facts: VariantFacts, sequenceParameterSet: Buffer): Partial<VariantFacts> {
  const { width, height } = readSequenceParameterSet(sequenceParameterSet);
  const videoCodec = moreDemanding(facts.videoCodec, avcCodecString(sequenceParameterSet));
  return width * height > facts.width * facts.height ? { videoCodec, width, height } : { videoCodec };
}

/** By profile, then by level: `avc1.PPCCLL`. */
function moreDemanding(one: string | undefined, other: string): string {
  if (one === undefined) return other;
  const rank = (codec: string) =>
    256 * Number.parseInt(codec.slice(5, 7), 16) + Number.parseInt(codec.slice(9, 11), 16);
  return rank(other) > rank(one) ? other : one;
}

/**
 * @param uri of the media playlist, relative to this one
 * @param hasIndependentSegments whether all begin with key frames, also those that are yet to come
 */
export function multivariantPlaylist(facts: VariantFacts, uri: string, hasIndependentSegments = true): string {
  const { videoCodec, audioCodec, width, height, frameRate } = facts;
  const variant: Variant = {
    uri,
    bandwidthBps: facts.peakBps,
    averageBandwidthBps: (8 * facts.bytes) / facts.durationSeconds,
    codecs: [videoCodec, audioCodec].filter((codec) => codec !== undefined),
    ...(videoCodec !== undefined && { resolution: { width, height } }),
    ...(frameRate > 0 && { frameRate }),
    hasIndependentSegments,
  };
  return writeMultivariantPlaylist(variant);
}
