import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * RFC 8489 §5
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|           type            |            length             |
 * |                   magic cookie 0x2112A442                     |
 * |                 transaction id (96 bits)                      |
 */

export const STUN_TYPE = { bindingRequest: 0x0001, bindingResponse: 0x0101, bindingError: 0x0111 } as const;

/** RFC 8489 §18.3 and RFC 8445 §16.1. */
export const STUN_ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** The error of a check whose sender has the role of its receiver (RFC 8445 §16.2). */
export const ROLE_CONFLICT = 487;

export interface StunMessage {
  readonly type: number;
  /** 12 bytes. */
  readonly transactionId: Buffer;
  /** In the order of the message. Of a type that comes twice the first one counts (RFC 8489 §14). */
  readonly attributes: ReadonlyMap<number, Buffer>;
}

export const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const INTEGRITY_BYTES = 24;
const FINGERPRINT_BYTES = 8;
const FINGERPRINT_XOR = 0x5354554e;

export function newTransactionId(): Buffer {
  return randomBytes(12);
}

/** Tells STUN from DTLS and RTP on one port (RFC 7983 §7). */
export function isStun(data: Buffer): boolean {
  return (data[0] ?? 255) < 4 && data.length >= HEADER_BYTES && data.readUInt32BE(4) === MAGIC_COOKIE;
}

/**
 * Writes a message that ends with MESSAGE-INTEGRITY and FINGERPRINT.
 *
 * @param key the password of short-term credentials (RFC 8489 §9.1.1), or what is made of long-term ones (§9.2.2)
 */
export function writeStunMessage(message: StunMessage, key: string | Buffer): Buffer {
  const body = writeBody(message);
  setLength(body, body.length - HEADER_BYTES + INTEGRITY_BYTES);
  return withFingerprint(Buffer.concat([body, writeAttribute(STUN_ATTRIBUTE.messageIntegrity, hmac(body, key))]));
}

/** Writes a message that anybody may have written: it ends with FINGERPRINT alone. */
export function writeUnsignedMessage(message: StunMessage): Buffer {
  return withFingerprint(writeBody(message));
}

function writeBody(message: StunMessage): Buffer {
  const attributes = [...message.attributes].map(([type, value]) => writeAttribute(type, value));
  const body = Buffer.concat([writeHeader(message), ...attributes]);
  setLength(body, body.length - HEADER_BYTES);
  return body;
}

function withFingerprint(signed: Buffer): Buffer {
  setLength(signed, signed.length - HEADER_BYTES + FINGERPRINT_BYTES);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(signed) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([signed, writeAttribute(STUN_ATTRIBUTE.fingerprint, fingerprint)]);
}

/** @throws {RangeError} for what is no whole message */
export function parseStunMessage(data: Buffer): StunMessage {
  if (!isStun(data)) throw new RangeError('This is no STUN message');
  if (data.readUInt16BE(2) !== data.length - HEADER_BYTES) throw new RangeError('A STUN message has a wrong length');
  const attributes = new Map<number, Buffer>();
  for (const { type, value } of walk(data)) if (!attributes.has(type)) attributes.set(type, value);
  return { type: data.readUInt16BE(0), transactionId: data.subarray(8, HEADER_BYTES), attributes };
}

/** Whether the message was written by one who knows the password, and came whole. */
export function isAuthentic(data: Buffer, password: string): boolean {
  for (const { type, value, offset } of walk(data)) {
    if (type !== STUN_ATTRIBUTE.messageIntegrity) continue;
    const signed = Buffer.from(data.subarray(0, offset));
    setLength(signed, offset - HEADER_BYTES + INTEGRITY_BYTES);
    return value.length === 20 && timingSafeEqual(value, hmac(signed, password)) && hasFingerprint(data);
  }
  return false;
}

/** The value of ERROR-CODE (RFC 8489 §14.8). */
export function writeErrorCode(code: number, reason: string): Buffer {
  return Buffer.concat([Buffer.of(0, 0, Math.floor(code / 100), code % 100), Buffer.from(reason)]);
}

/** @param value of ERROR-CODE; code 0 where it is missing or cut off */
export function readErrorCode(value: Buffer | undefined): { code: number; reason: string } {
  if (value === undefined || value.length < 4) return { code: 0, reason: 'without a reason' };
  return { code: 100 * (value.readUInt8(2) & 7) + value.readUInt8(3), reason: value.toString('utf8', 4) };
}

function hasFingerprint(data: Buffer): boolean {
  const at = data.length - FINGERPRINT_BYTES;
  if (at < HEADER_BYTES || data.readUInt32BE(at) !== STUN_ATTRIBUTE.fingerprint * 2 ** 16 + 4) return false;
  return data.readUInt32BE(at + 4) === (crc32(data.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0;
}

function* walk(data: Buffer): Generator<{ type: number; value: Buffer; offset: number }> {
  let offset = HEADER_BYTES;
  while (offset + 4 <= data.length) {
    const length = data.readUInt16BE(offset + 2);
    const start = offset + 4;
    if (start + length > data.length) throw new RangeError('A STUN attribute ends after its message');
    yield { type: data.readUInt16BE(offset), value: data.subarray(start, start + length), offset };
    offset = start + 4 * Math.ceil(length / 4);
  }
}

function writeHeader({ type, transactionId }: StunMessage): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(type, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  transactionId.copy(header, 8);
  return header;
}

function writeAttribute(type: number, value: Buffer): Buffer {
  const attribute = Buffer.alloc(4 + 4 * Math.ceil(value.length / 4));
  attribute.writeUInt16BE(type, 0);
  attribute.writeUInt16BE(value.length, 2);
  value.copy(attribute, 4);
  return attribute;
}

function setLength(message: Buffer, length: number): void {
  message.writeUInt16BE(length, 2);
}

function hmac(data: Buffer, key: string | Buffer): Buffer {
  return createHmac('sha1', key).update(data).digest();
}
