import { isIPv4 } from 'node:net';
import { MAGIC_COOKIE } from './message.ts';

/**
 * The value of XOR-MAPPED-ADDRESS (RFC 8489 §14.2).
 *
 * @param address IPv4 or IPv6, as a socket tells it
 * @param transactionId of the message, 12 bytes
 */
export function writeXorAddress(address: string, port: number, transactionId: Buffer): Buffer {
  const plain = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const mask = maskOf(transactionId);
  const value = Buffer.alloc(4 + plain.length);
  value.writeUInt8(plain.length === 4 ? 1 : 2, 1);
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  for (const [index, byte] of plain.entries()) value[4 + index] = byte ^ (mask[index] ?? 0);
  return value;
}

/** @throws {RangeError} for what is no such value */
export function readXorAddress(value: Buffer, transactionId: Buffer): { address: string; port: number } {
  const length = value.readUInt8(1) === 1 ? 4 : 16;
  if (value.length < 4 + length) throw new RangeError('An address in a STUN message is cut off');
  const mask = maskOf(transactionId);
  const plain = Buffer.from(value.subarray(4, 4 + length).map((byte, index) => byte ^ (mask[index] ?? 0)));
  const port = value.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16);
  if (length === 4) return { address: [...plain].join('.'), port };
  const groups = Array.from({ length: 8 }, (_, index) => plain.readUInt16BE(2 * index).toString(16));
  // Written the short way.
  return { address: new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1), port };
}

function maskOf(transactionId: Buffer): Buffer {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC_COOKIE);
  transactionId.copy(mask, 4);
  return mask;
}

function ipv6Bytes(address: string): Buffer {
  const [plain = ''] = address.split('%');
  const [head = [], tail = []] = plain
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))));
  const bytes = Buffer.alloc(16);
  for (const [index, group] of head.entries()) bytes.writeUInt16BE(group, 2 * index);
  for (const [index, group] of tail.entries()) bytes.writeUInt16BE(group, 16 - 2 * (tail.length - index));
  return bytes;
}
