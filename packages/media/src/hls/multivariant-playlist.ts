import { PLAYLIST_VERSION } from './media-playlist.ts';

/** What a player learns of a recording before it reads the list of its segments (RFC 8216 §4.3.4.2). */
export interface Variant {
  /** Of the media playlist, relative to this one. */
  readonly uri: string;
  /** The most that a segment needs. */
  readonly bandwidthBps: number;
  /** Of the whole recording. */
  readonly averageBandwidthBps?: number;
  /** Of all its segments (RFC 6381). */
  readonly codecs: readonly string[];
  /** Left out for audio alone. */
  readonly resolution?: { readonly width: number; readonly height: number };
  /** Frames a second, the most there are. */
  readonly frameRate?: number;
  /** Whether each segment there is and will be can be decoded without those before it: a promise (§4.3.5.1). */
  readonly hasIndependentSegments: boolean;
}

/** A multivariant playlist of one variant. */
export function writeMultivariantPlaylist(variant: Variant): string {
  const { averageBandwidthBps, resolution, frameRate, hasIndependentSegments } = variant;
  const attributes = [
    `BANDWIDTH=${Math.ceil(variant.bandwidthBps)}`,
    ...(averageBandwidthBps === undefined ? [] : [`AVERAGE-BANDWIDTH=${Math.ceil(averageBandwidthBps)}`]),
    `CODECS="${variant.codecs.join(',')}"`,
    ...(resolution === undefined ? [] : [`RESOLUTION=${resolution.width}x${resolution.height}`]),
    ...(frameRate === undefined ? [] : [`FRAME-RATE=${frameRate.toFixed(3)}`]),
  ];
  return [
    '#EXTM3U',
    `#EXT-X-VERSION:${PLAYLIST_VERSION}`,
    ...(hasIndependentSegments ? ['#EXT-X-INDEPENDENT-SEGMENTS'] : []),
    `#EXT-X-STREAM-INF:${attributes.join(',')}`,
    variant.uri,
    '',
  ].join('\n');
}
