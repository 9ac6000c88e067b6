import { MalformedMedia } from '../rtp/index.ts';
import type { RtmpLimits } from './limits.ts';
import { MESSAGE_TYPE, type RtmpMessage } from './message.ts';

/** What the last header on a chunk stream said, and the message that is on its way on it. */
interface ChunkStream {
  timestamp: number;
  /** The last timestamp or difference as it was written: the next message of type 3 repeats it. */
  timestampField: number;
  extended: boolean;
  type: number;
  streamId: number;
  length: number;
  received: number;
  /** Grows with what comes: an announced length alone takes no memory. */
  body: Buffer;
}

export type ChunkLimits = Pick<RtmpLimits, 'maximumMessageBytes' | 'maximumCommandBytes' | 'maximumChunkStreams'>;

const INITIAL_CHUNK_BYTES = 128;
/** Of the message header by the type of the chunk (RTMP 1.0 §5.3.1.2). */
const HEADER_BYTES = [11, 7, 3, 0] as const;
const EXTENDED_TIMESTAMP = 0xffffff;
const FIRST_BODY_BYTES = 4 * 1024;
const NOTHING = Buffer.alloc(0);
const LARGE: ReadonlySet<number> = new Set([MESSAGE_TYPE.audio, MESSAGE_TYPE.video, MESSAGE_TYPE.aggregate]);

/** Puts messages together from chunks (RTMP 1.0 §5.3). Does itself what the peer says of chunks. */
export class ChunkReader {
  #limits: ChunkLimits;
  readonly #streams = new Map<number, ChunkStream>();
  #chunkBytes = INITIAL_CHUNK_BYTES;
  /** A header that has not come in full. */
  #rest = NOTHING;
  /** Whose chunk is being read, and how much of it is to come. */
  #stream: ChunkStream | undefined;
  #chunkBytesLeft = 0;
  #unfinishedBytes = 0;

  constructor(limits: ChunkLimits) {
    this.#limits = limits;
  }

  /** For the messages that begin from now on. */
  set limits(limits: ChunkLimits) {
    this.#limits = limits;
  }

  /**
   * The messages that are whole with these bytes; to be gone through to the end before the next bytes are read.
   *
   * @throws {MalformedMedia} and can read no more then
   */
  *read(bytes: Buffer): Generator<RtmpMessage, void> {
    const input = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    let offset = 0;
    for (;;) {
      if (!this.#stream) {
        const headerBytes = this.#readHeader(input, offset);
        if (headerBytes === 0) break;
        offset += headerBytes;
      }
      const part = input.subarray(offset, offset + this.#chunkBytesLeft);
      offset += part.length;
      const message = this.#append(part);
      if (message && !this.#obey(message)) yield message;
      if (this.#stream) break; // the rest of the chunk has not come
    }
    this.#rest = offset < input.length ? Buffer.from(input.subarray(offset)) : NOTHING;
  }

  /** @returns its length, or 0 when it has not come in full */
  #readHeader(input: Buffer, start: number): number {
    const basic = readBasicHeader(input, start);
    if (!basic) return 0;
    const { format, chunkStreamId } = basic;
    let offset = start + basic.bytes;
    const fields = offset;
    offset += HEADER_BYTES[format];
    if (input.length < offset) return 0;

    const stream = this.#streams.get(chunkStreamId) ?? newStream(format);
    if (stream.received > 0 && format !== 3) throw new MalformedMedia('INVALID', 'An RTMP message begins in another');
    const short = format === 3 ? undefined : input.readUIntBE(fields, 3);
    const extended = short === undefined ? stream.extended : short === EXTENDED_TIMESTAMP;
    let timestampField = short ?? stream.timestampField;
    if (extended) {
      if (input.length < offset + 4) return 0;
      const long = input.readUInt32BE(offset);
      // Some encoders leave it out of chunks of type 3, against §5.3.1.3: then these are bytes of the message.
      if (format !== 3 || long === stream.timestampField) offset += 4;
      if (format !== 3) timestampField = long;
    }

    if (format < 2) {
      stream.length = input.readUIntBE(fields + 3, 3);
      stream.type = input.readUInt8(fields + 6);
    }
    if (format === 0) stream.streamId = input.readUInt32LE(fields + 7);
    if (stream.received === 0) {
      stream.timestamp = format === 0 ? timestampField : (stream.timestamp + timestampField) >>> 0;
    }
    stream.timestampField = timestampField;
    stream.extended = extended;
    this.#keep(chunkStreamId, stream);
    this.#stream = stream;
    this.#chunkBytesLeft = Math.min(this.#chunkBytes, stream.length - stream.received);
    return offset - start;
  }

  #keep(chunkStreamId: number, stream: ChunkStream): void {
    const { maximumMessageBytes, maximumCommandBytes, maximumChunkStreams } = this.#limits;
    if (stream.length > (LARGE.has(stream.type) ? maximumMessageBytes : maximumCommandBytes)) {
      throw new MalformedMedia('LIMIT', `An RTMP message of type ${stream.type} has ${stream.length} bytes`);
    }
    this.#streams.set(chunkStreamId, stream);
    if (this.#streams.size > maximumChunkStreams) throw new MalformedMedia('LIMIT', 'Too many RTMP chunk streams');
  }

  /** @returns the message if it is whole now */
  #append(part: Buffer): RtmpMessage | undefined {
    const stream = this.#stream as ChunkStream;
    this.#chunkBytesLeft -= part.length;
    if (this.#chunkBytesLeft === 0) this.#stream = undefined;
    if (part.length === stream.length) return { ...headerOf(stream), data: part };

    this.#unfinishedBytes += part.length;
    if (this.#unfinishedBytes > this.#limits.maximumMessageBytes) {
      throw new MalformedMedia('LIMIT', 'Unfinished RTMP messages are too long together');
    }
    if (stream.body.length < stream.received + part.length) {
      stream.body = grown(stream.body, stream.received + part.length, stream.length);
    }
    part.copy(stream.body, stream.received);
    stream.received += part.length;
    if (stream.received < stream.length) return undefined;
    const data = stream.body.subarray(0, stream.length);
    this.#drop(stream);
    return { ...headerOf(stream), data };
  }

  #drop(stream: ChunkStream): void {
    this.#unfinishedBytes -= stream.received;
    stream.received = 0;
    stream.body = NOTHING;
  }

  /** Whether the message was for us. */
  #obey({ type, data }: RtmpMessage): boolean {
    if (type === MESSAGE_TYPE.setChunkSize) {
      const bytes = data.length < 4 ? 0 : data.readUInt32BE();
      if (bytes === 0 || bytes > 0x7fffffff) throw new MalformedMedia('INVALID', 'An RTMP chunk size is out of range');
      this.#chunkBytes = bytes; // However large: a chunk is not kept apart from its message.
      return true;
    }
    if (type !== MESSAGE_TYPE.abort) return false;
    const stream = data.length < 4 ? undefined : this.#streams.get(data.readUInt32BE());
    if (stream) this.#drop(stream);
    return true;
  }
}

/** RTMP 1.0 §5.3.1.1; undefined when it has not come in full. */
function readBasicHeader(
  input: Buffer,
  offset: number,
): { format: 0 | 1 | 2 | 3; chunkStreamId: number; bytes: number } | undefined {
  const first = input[offset];
  if (first === undefined) return undefined;
  const format = (first >> 6) as 0 | 1 | 2 | 3;
  const short = first & 0x3f;
  const bytes = short === 0 ? 2 : short === 1 ? 3 : 1;
  if (input.length < offset + bytes) return undefined;
  const chunkStreamId = bytes === 1 ? short : 64 + input.readUIntLE(offset + 1, bytes - 1);
  return { format, chunkStreamId, bytes };
}

/** A first header may leave out the message stream: librtmp's of control messages does. */
function newStream(format: number): ChunkStream {
  if (format > 1) throw new MalformedMedia('INVALID', 'An RTMP chunk stream begins without a header');
  return {
    timestamp: 0,
    timestampField: 0,
    extended: false,
    type: 0,
    streamId: 0,
    length: 0,
    received: 0,
    body: NOTHING,
  };
}

function headerOf({ type, timestamp, streamId }: ChunkStream): Omit<RtmpMessage, 'data'> {
  return { type, timestamp, streamId };
}

function grown(body: Buffer, bytes: number, maximumBytes: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.min(maximumBytes, Math.max(FIRST_BODY_BYTES, bytes, 2 * body.length)));
  body.copy(larger);
  return larger;
}
