import { readEnhancedTag } from './enhanced-tag.ts';
import type { Track, UnsupportedCodec } from './video-tag.ts';

/** How a decoder is set up for the frames that follow. */
export interface AacConfiguration extends Track {
  readonly kind: 'config';
  /** ISO/IEC 14496-3 §1.6.2.1, as it came. */
  readonly audioSpecificConfig: Buffer;
}

export interface AacFrame extends Track {
  readonly kind: 'frame';
  /** Without ADTS. */
  readonly data: Buffer;
}

export type AudioTag = AacConfiguration | AacFrame | UnsupportedCodec;

/** FLV 10.1 §E.4.2.1; Enhanced RTMP says by one of the formats that it is none of them. */
const FORMAT = { enhanced: 9, aac: 10 } as const;
/** AAC is always told to be of 44.1 kHz, 16 bits and two channels (§E.4.2.1). */
const AAC_HEAD = 0xaf;
const AAC_PACKET = { sequenceHeader: 0, raw: 1 } as const;
/** Enhanced RTMP v2, "Enhanced Audio"; the first two are those of AAC too. */
const ENHANCED_PACKET = { multitrack: 5, modifierExtension: 7 } as const;

/**
 * Reads the body of an audio message.
 *
 * @returns nothing for what carries no sound
 * @throws {MalformedMedia}
 */
export function readAudioTag(body: Buffer, timestampMs: number): AudioTag[] {
  const format = body.readUInt8() >> 4;
  if (format === FORMAT.enhanced) {
    return readEnhancedTag(body, ENHANCED_PACKET).flatMap(({ packetType, fourCc, trackId, payload }) => {
      const track: Track = { trackId, timestampMs };
      return fourCc === 'mp4a' ? readAac(packetType, payload, track) : [unsupported(fourCc, track)];
    });
  }
  const track: Track = { trackId: 0, timestampMs };
  if (format !== FORMAT.aac) return [unsupported(String(format), track)];
  return readAac(body[1], body.subarray(2), track);
}

function readAac(packetType: number | undefined, payload: Buffer, track: Track): AudioTag[] {
  if (payload.length === 0) return [];
  if (packetType === AAC_PACKET.sequenceHeader) return [{ kind: 'config', ...track, audioSpecificConfig: payload }];
  return packetType === AAC_PACKET.raw ? [{ kind: 'frame', ...track, data: payload }] : [];
}

function unsupported(codec: string, track: Track): UnsupportedCodec {
  return { kind: 'unsupported', ...track, codec };
}

/** The body of an audio message, as every server reads it: of one track. */
export function writeAudioTag(tag: AacConfiguration | AacFrame): Buffer {
  return tag.kind === 'config'
    ? Buffer.concat([Buffer.of(AAC_HEAD, AAC_PACKET.sequenceHeader), tag.audioSpecificConfig])
    : Buffer.concat([Buffer.of(AAC_HEAD, AAC_PACKET.raw), tag.data]);
}
