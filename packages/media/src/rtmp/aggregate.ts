import { MalformedMedia } from '../rtp/index.ts';
import type { RtmpMessage } from './message.ts';

/** Of an FLV tag; its length once more comes after it. */
const TAG_HEADER_BYTES = 11;
const BACK_POINTER_BYTES = 4;
const MAXIMUM_PARTS = 4_096;

/** The messages in an aggregate, which holds them as FLV tags (RTMP 1.0 §7.1.6). @throws {MalformedMedia} */
export function readAggregate({ timestamp, streamId, data }: RtmpMessage): RtmpMessage[] {
  const parts: RtmpMessage[] = [];
  let firstTimestamp: number | undefined;
  let offset = 0;
  while (offset + TAG_HEADER_BYTES <= data.length) {
    const type = data.readUInt8(offset);
    const start = offset + TAG_HEADER_BYTES;
    const end = start + data.readUIntBE(offset + 1, 3);
    if (end > data.length) throw new MalformedMedia('TRUNCATED', 'An RTMP aggregate ends within a message');
    if (parts.length === MAXIMUM_PARTS) throw new MalformedMedia('LIMIT', 'An RTMP aggregate holds too many messages');
    const tagTimestamp = data.readUInt8(offset + 7) * 2 ** 24 + data.readUIntBE(offset + 4, 3);
    firstTimestamp ??= tagTimestamp;
    // The first one's time is that of the aggregate; the others keep their distance from it.
    const partTimestamp = (timestamp + tagTimestamp - firstTimestamp) >>> 0;
    parts.push({ type, timestamp: partTimestamp, streamId, data: data.subarray(start, end) });
    offset = end + BACK_POINTER_BYTES;
  }
  return parts;
}
