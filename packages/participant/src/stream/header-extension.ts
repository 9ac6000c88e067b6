const ONE_BYTE_PROFILE = 0xbede;

/**
 * The 16 bits under an id in the header extension of a packet (RFC 8285 §4.2), which SRTP leaves in clear. Reads nothing
 * else and makes no objects: it runs for each packet of hundreds of streams.
 */
export function readHeaderExtension(packet: Buffer, id: number): number | undefined {
  const first = packet[0] ?? 0;
  if ((first & 0x10) === 0) return undefined;
  const start = 12 + 4 * (first & 0x0f);
  if (packet.length < start + 4 || packet.readUInt16BE(start) !== ONE_BYTE_PROFILE) return undefined;
  const end = Math.min(packet.length, start + 4 + 4 * packet.readUInt16BE(start + 2));
  for (let offset = start + 4; offset < end; ) {
    const head = packet[offset] ?? 0;
    if (head === 0) {
      offset += 1;
      continue;
    }
    const length = (head & 0x0f) + 1;
    if (head >> 4 === id && length === 2 && offset + 3 <= end) return packet.readUInt16BE(offset + 1);
    offset += 1 + length;
  }
  return undefined;
}
