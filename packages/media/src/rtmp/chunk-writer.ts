import type { RtmpMessage } from './message.ts';

const EXTENDED_TIMESTAMP = 0xffffff;

/**
 * A message in chunks (RTMP 1.0 §5.3), the first with a full header.
 *
 * @param chunkStreamId from 2 to 63
 * @param chunkBytes as told to the peer
 */
export function writeChunks(chunkStreamId: number, message: RtmpMessage, chunkBytes: number): Buffer {
  const { type, timestamp, streamId, data } = message;
  const extension = extendedTimestamp(timestamp);
  const header = Buffer.alloc(12);
  header.writeUInt8(chunkStreamId);
  header.writeUIntBE(Math.min(timestamp, EXTENDED_TIMESTAMP), 1, 3);
  header.writeUIntBE(data.length, 4, 3);
  header.writeUInt8(type, 7);
  header.writeUInt32LE(streamId, 8);

  const continuation = [Buffer.of(0xc0 | chunkStreamId), extension];
  const parts = [header, extension, data.subarray(0, chunkBytes)];
  for (let offset = chunkBytes; offset < data.length; offset += chunkBytes) {
    parts.push(...continuation, data.subarray(offset, offset + chunkBytes));
  }
  return Buffer.concat(parts);
}

/** Stands after the header of each chunk of a message (§5.3.1.3). */
function extendedTimestamp(timestamp: number): Buffer {
  if (timestamp < EXTENDED_TIMESTAMP) return Buffer.alloc(0);
  const extension = Buffer.alloc(4);
  extension.writeUInt32BE(timestamp);
  return extension;
}
