import { MalformedMedia } from '../rtp/index.ts';

/** What a message in the form of Enhanced RTMP holds of one track. */
export interface EnhancedPart {
  readonly packetType: number;
  /** Of the codec, in four characters. */
  readonly fourCc: string;
  /** 0 where the encoder does not number its tracks. */
  readonly trackId: number;
  readonly payload: Buffer;
}

/** Packet types that only say how to read on: as numbered for video and for audio. */
export interface EnhancedPacketTypes {
  readonly multitrack: number;
  readonly modifierExtension: number;
}

const TRACKS = { one: 0, many: 1, manyCodecs: 2 } as const;
const MAXIMUM_TRACKS = 32;

/** The tracks in the body of a message (Enhanced RTMP v2, "Enhanced Video" and "Enhanced Audio"). @throws {MalformedMedia} */
export function readEnhancedTag(body: Buffer, types: EnhancedPacketTypes): EnhancedPart[] {
  const reader = new FieldReader(body);
  let packetType = reader.bytes(1).readUInt8() & 0x0f;
  // Extensions tell of a message what we do not need, such as nanoseconds.
  while (packetType === types.modifierExtension) packetType = passModifier(reader);
  if (packetType !== types.multitrack) {
    return [{ packetType, fourCc: reader.fourCc(), trackId: 0, payload: reader.rest() }];
  }
  return readTracks(reader);
}

function passModifier(reader: FieldReader): number {
  const short = reader.bytes(1).readUInt8() + 1;
  reader.bytes(short === 256 ? reader.bytes(2).readUInt16BE() + 1 : short);
  return reader.bytes(1).readUInt8() & 0x0f;
}

function readTracks(reader: FieldReader): EnhancedPart[] {
  const first = reader.bytes(1).readUInt8();
  const form = first >> 4;
  const packetType = first & 0x0f;
  if (form > TRACKS.manyCodecs) throw new MalformedMedia('UNSUPPORTED', 'A message holds tracks in an unknown form');
  const sharedFourCc = form === TRACKS.manyCodecs ? undefined : reader.fourCc();
  const parts: EnhancedPart[] = [];
  do {
    const fourCc = sharedFourCc ?? reader.fourCc();
    const trackId = reader.bytes(1).readUInt8();
    const payload = form === TRACKS.one ? reader.rest() : reader.bytes(reader.bytes(3).readUIntBE(0, 3));
    parts.push({ packetType, fourCc, trackId, payload });
    if (parts.length > MAXIMUM_TRACKS) throw new MalformedMedia('LIMIT', 'A message holds too many tracks');
  } while (!reader.atEnd);
  return parts;
}

class FieldReader {
  readonly #data: Buffer;
  #offset = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get atEnd(): boolean {
    return this.#offset === this.#data.length;
  }

  bytes(count: number): Buffer {
    const end = this.#offset + count;
    if (end > this.#data.length) throw new MalformedMedia('TRUNCATED', 'A message ends within a field');
    const bytes = this.#data.subarray(this.#offset, end);
    this.#offset = end;
    return bytes;
  }

  fourCc(): string {
    return this.bytes(4).toString('latin1');
  }

  rest(): Buffer {
    return this.bytes(this.#data.length - this.#offset);
  }
}
