import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { SessionKeys } from './session-keys.ts';

/** Bytes that protection adds to an RTP packet: AEAD_AES_128_GCM (RFC 7714). */
export const RTP_TAG_BYTES = 16;

const RTP_HEADER_BYTES = 12;
const RTCP_HEADER_BYTES = 8;
const RTCP_INDEX_BYTES = 4;
const ENCRYPTED = 0x80000000;

/** Says that a packet was not protected by the other side with these keys, or changed on its way. */
export class NotAuthentic extends Error {
  override readonly name = 'NotAuthentic';
}

/** @param rolloverCount of the sequence number, 32 bits */
export function protectRtp(packet: Buffer, rolloverCount: number, keys: SessionKeys): Buffer {
  const headerEnd = rtpHeaderBytes(packet);
  const header = packet.subarray(0, headerEnd);
  const cipher = createCipheriv('aes-128-gcm', keys.key, rtpNonce(packet, rolloverCount, keys.salt));
  cipher.setAAD(header);
  return Buffer.concat([header, cipher.update(packet.subarray(headerEnd)), cipher.final(), cipher.getAuthTag()]);
}

/** @throws {NotAuthentic} also for a packet from before the first one, whose count is -1: nothing protects such a one */
export function unprotectRtp(packet: Buffer, rolloverCount: number, keys: SessionKeys): Buffer {
  if (rolloverCount < 0) throw new NotAuthentic('A packet was numbered before the first one');
  const headerEnd = rtpHeaderBytes(packet);
  if (packet.length < headerEnd + RTP_TAG_BYTES) throw new NotAuthentic('A protected packet is too short');
  const header = packet.subarray(0, headerEnd);
  const nonce = rtpNonce(packet, rolloverCount, keys.salt);
  return Buffer.concat([header, open(packet.subarray(headerEnd), nonce, header, keys.key)]);
}

/** @param index counts the packets of this direction, 31 bits */
export function protectRtcp(packet: Buffer, index: number, keys: SessionKeys): Buffer {
  const header = packet.subarray(0, RTCP_HEADER_BYTES);
  const trailer = Buffer.alloc(RTCP_INDEX_BYTES);
  trailer.writeUInt32BE((index | ENCRYPTED) >>> 0);
  const cipher = createCipheriv('aes-128-gcm', keys.key, rtcpNonce(packet, index, keys.salt));
  cipher.setAAD(Buffer.concat([header, trailer]));
  const sealed = [cipher.update(packet.subarray(RTCP_HEADER_BYTES)), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([header, ...sealed, trailer]);
}

/** @throws {NotAuthentic} also for a packet that was not encrypted */
export function unprotectRtcp(packet: Buffer, keys: SessionKeys): Buffer {
  const trailerStart = packet.length - RTCP_INDEX_BYTES;
  if (trailerStart < RTCP_HEADER_BYTES + RTP_TAG_BYTES) throw new NotAuthentic('A protected report is too short');
  const word = packet.readUInt32BE(trailerStart);
  if (word < ENCRYPTED) throw new NotAuthentic('A report is not encrypted');
  const header = packet.subarray(0, RTCP_HEADER_BYTES);
  const nonce = rtcpNonce(packet, word - ENCRYPTED, keys.salt);
  const additional = Buffer.concat([header, packet.subarray(trailerStart)]);
  return Buffer.concat([header, open(packet.subarray(RTCP_HEADER_BYTES, trailerStart), nonce, additional, keys.key)]);
}

function open(sealed: Buffer, nonce: Buffer, additional: Buffer, key: Buffer): Buffer {
  const tagStart = sealed.length - RTP_TAG_BYTES;
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: RTP_TAG_BYTES });
  decipher.setAAD(additional).setAuthTag(sealed.subarray(tagStart));
  const plain = decipher.update(sealed.subarray(0, tagStart));
  try {
    decipher.final();
  } catch (cause) {
    throw new NotAuthentic('A packet does not fit its tag', { cause });
  }
  return plain;
}

/** Header, sources and extension stay in clear. */
function rtpHeaderBytes(packet: Buffer): number {
  if (packet.length < RTP_HEADER_BYTES) throw new NotAuthentic('An RTP packet is shorter than its header');
  const first = packet.readUInt8(0);
  const sourcesEnd = RTP_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) === 0) return sourcesEnd;
  if (packet.length < sourcesEnd + 4) throw new NotAuthentic('An RTP packet ends within its extension');
  return sourcesEnd + 4 + 4 * packet.readUInt16BE(sourcesEnd + 2);
}

/** RFC 7714 §8.1: two zero bytes, SSRC, rollover count, sequence number; the salt over all of it. */
function rtpNonce(packet: Buffer, rolloverCount: number, salt: Buffer): Buffer {
  const nonce = Buffer.alloc(12);
  packet.copy(nonce, 2, 8, 12);
  nonce.writeUInt32BE(rolloverCount, 6);
  packet.copy(nonce, 10, 2, 4);
  return xorInto(nonce, salt);
}

/** RFC 7714 §9.1: two zero bytes, SSRC, two zero bytes, index. */
function rtcpNonce(packet: Buffer, index: number, salt: Buffer): Buffer {
  const nonce = Buffer.alloc(12);
  packet.copy(nonce, 2, 4, 8);
  nonce.writeUInt32BE(index, 8);
  return xorInto(nonce, salt);
}

function xorInto(bytes: Buffer, mask: Buffer): Buffer {
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = (bytes[index] ?? 0) ^ (mask[index] ?? 0);
  return bytes;
}
