import { isKeyFrame, MalformedMedia } from '../rtp/index.ts';
import { type AvcParameters, readAvcConfiguration, writeAvcConfiguration } from './avc-configuration.ts';
import { readEnhancedTag } from './enhanced-tag.ts';

/** Where a tag belongs. */
export interface Track {
  /** 0 unless the encoder sends several, by Enhanced RTMP. */
  readonly trackId: number;
  /** When it is decoded. Does not wrap; goes back where the encoder's clock does. */
  readonly timestampMs: number;
}

/** How a decoder is set up for the pictures that follow. */
export interface AvcConfiguration extends AvcParameters, Track {
  readonly kind: 'config';
}

export interface AvcPicture extends Track {
  readonly kind: 'picture';
  /** How much later it is shown: more than 0 where pictures come in another order than they are shown in. */
  readonly compositionTimeMs: number;
  /** Decoding can begin here: by its bitstream, whatever the encoder calls it. */
  readonly keyFrame: boolean;
  /** Views of what came, never empty; as the encoder wrote them, parameter sets and delimiters among them. */
  readonly nalUnits: readonly Buffer[];
}

/** Something that is not taken. */
export interface UnsupportedCodec extends Track {
  readonly kind: 'unsupported';
  /** Four characters as `hvc1`, or the number of an old codec as `2`. */
  readonly codec: string;
}

export type VideoTag = AvcConfiguration | AvcPicture | UnsupportedCodec;

/** FLV 10.1 §E.4.3.1. */
const CODEC_AVC = 7;
const FRAME_TYPE = { key: 1, inter: 2, command: 5 } as const;
const AVC_PACKET = { sequenceHeader: 0, nalUnits: 1 } as const;
/** Enhanced RTMP v2, "Enhanced Video". */
const ENHANCED_PACKET = {
  sequenceStart: 0,
  codedFrames: 1,
  codedFramesX: 3,
  multitrack: 6,
  modifierExtension: 7,
} as const;
const COMPOSITION_TIME_BYTES = 3;
const MAXIMUM_NAL_UNITS = 4_096;

/** Reads the bodies of video messages, one stream of them. */
export class VideoTagReader {
  /** Of the length before each NAL unit, by track. */
  readonly #lengthBytes = new Map<number, number>();

  /**
   * @returns nothing for what carries no picture, and for pictures that came before any configuration
   * @throws {MalformedMedia}
   */
  read(body: Buffer, timestampMs: number): VideoTag[] {
    const first = body.readUInt8();
    const frameType = (first >> 4) & 7;
    if (frameType === FRAME_TYPE.command) return [];
    const enhanced = (first & 0x80) !== 0;
    const tags = enhanced ? this.#readEnhanced(body, timestampMs) : [this.#readClassic(body, timestampMs)];
    return tags.filter((tag) => tag !== undefined);
  }

  #readClassic(body: Buffer, timestampMs: number): VideoTag | undefined {
    const track: Track = { trackId: 0, timestampMs };
    const codec = body.readUInt8() & 0x0f;
    if (codec !== CODEC_AVC) return { kind: 'unsupported', ...track, codec: String(codec) };
    const packetType = body[1];
    if (packetType === AVC_PACKET.sequenceHeader) return this.#configure(body.subarray(5), track);
    return packetType === AVC_PACKET.nalUnits ? this.#readPicture(body.subarray(2), track) : undefined;
  }

  #readEnhanced(body: Buffer, timestampMs: number): (VideoTag | undefined)[] {
    return readEnhancedTag(body, ENHANCED_PACKET).map(({ packetType, fourCc, trackId, payload }) => {
      const track: Track = { trackId, timestampMs };
      if (fourCc !== 'avc1') return { kind: 'unsupported', ...track, codec: fourCc };
      switch (packetType) {
        case ENHANCED_PACKET.sequenceStart:
          return this.#configure(payload, track);
        case ENHANCED_PACKET.codedFrames:
          return this.#readPicture(payload, track);
        case ENHANCED_PACKET.codedFramesX:
          return this.#picture(payload, 0, track);
        default:
          return undefined;
      }
    });
  }

  #configure(record: Buffer, track: Track): AvcConfiguration {
    const { lengthBytes, ...parameters } = readAvcConfiguration(record);
    this.#lengthBytes.set(track.trackId, lengthBytes);
    return { kind: 'config', ...track, ...parameters };
  }

  #readPicture(data: Buffer, track: Track): AvcPicture | undefined {
    if (data.length < COMPOSITION_TIME_BYTES) throw new MalformedMedia('TRUNCATED', 'A picture ends within its header');
    return this.#picture(data.subarray(COMPOSITION_TIME_BYTES), data.readIntBE(0, COMPOSITION_TIME_BYTES), track);
  }

  #picture(data: Buffer, compositionTimeMs: number, track: Track): AvcPicture | undefined {
    const lengthBytes = this.#lengthBytes.get(track.trackId);
    if (lengthBytes === undefined) return undefined;
    const nalUnits = splitNalUnits(data, lengthBytes);
    if (nalUnits.length === 0) return undefined;
    return { kind: 'picture', ...track, compositionTimeMs, keyFrame: isKeyFrame(nalUnits), nalUnits };
  }
}

/** ISO/IEC 14496-15 §5.3.3: each NAL unit after its length. Empty ones are left out. */
function splitNalUnits(data: Buffer, lengthBytes: number): Buffer[] {
  const nalUnits: Buffer[] = [];
  let offset = 0;
  while (offset < data.length) {
    const start = offset + lengthBytes;
    const end = start > data.length ? start : start + data.readUIntBE(offset, lengthBytes);
    if (end > data.length) throw new MalformedMedia('TRUNCATED', 'A picture ends within a NAL unit');
    if (end > start) nalUnits.push(data.subarray(start, end));
    if (nalUnits.length > MAXIMUM_NAL_UNITS) throw new MalformedMedia('LIMIT', 'A picture has too many NAL units');
    offset = end;
  }
  return nalUnits;
}

/** The body of a video message: of the first track as every server reads it, of further ones as Enhanced RTMP has it. */
export function writeVideoTag(tag: AvcConfiguration | AvcPicture): Buffer {
  return tag.trackId === 0 ? writeClassic(tag) : writeEnhanced(tag);
}

function writeClassic(tag: AvcConfiguration | AvcPicture): Buffer {
  if (tag.kind === 'config') {
    const head = Buffer.of((FRAME_TYPE.key << 4) | CODEC_AVC, AVC_PACKET.sequenceHeader, 0, 0, 0);
    return Buffer.concat([head, writeAvcConfiguration(tag)]);
  }
  const frameType = tag.keyFrame ? FRAME_TYPE.key : FRAME_TYPE.inter;
  const head = Buffer.of((frameType << 4) | CODEC_AVC, AVC_PACKET.nalUnits, 0, 0, 0);
  head.writeIntBE(tag.compositionTimeMs, 2, COMPOSITION_TIME_BYTES);
  return Buffer.concat([head, ...tag.nalUnits.flatMap(lengthPrefixed)]);
}

/** Of one track: its form is left 0. */
function writeEnhanced(tag: AvcConfiguration | AvcPicture): Buffer {
  const isKey = tag.kind === 'config' || tag.keyFrame;
  const frameType = isKey ? FRAME_TYPE.key : FRAME_TYPE.inter;
  const packetType = tag.kind === 'config' ? ENHANCED_PACKET.sequenceStart : ENHANCED_PACKET.codedFrames;
  const head = Buffer.concat([
    Buffer.of(0x80 | (frameType << 4) | ENHANCED_PACKET.multitrack, packetType),
    Buffer.from('avc1', 'latin1'),
    Buffer.of(tag.trackId),
  ]);
  if (tag.kind === 'config') return Buffer.concat([head, writeAvcConfiguration(tag)]);
  const compositionTime = Buffer.alloc(COMPOSITION_TIME_BYTES);
  compositionTime.writeIntBE(tag.compositionTimeMs, 0, COMPOSITION_TIME_BYTES);
  return Buffer.concat([head, compositionTime, ...tag.nalUnits.flatMap(lengthPrefixed)]);
}

function lengthPrefixed(nalUnit: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(nalUnit.length);
  return [length, nalUnit];
}
