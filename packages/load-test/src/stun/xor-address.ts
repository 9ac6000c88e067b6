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
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC_COOKIE);
  transactionId.copy(mask, 4);
  const value = Buffer.alloc(4 + plain.length);
  value.writeUInt8(plain.length === 4 ? 1 : 2, 1);
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  for (const [index, byte] of plain.entries()) value[4 + index] = byte ^ (mask[index] ?? 0);
  return value;
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
