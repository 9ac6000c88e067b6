import { MalformedMedia } from './malformed-media.ts';
import type { HeaderExtension } from './packet.ts';

/** RFC 8285 §4.2: elements of one header byte. */
const ONE_BYTE_PROFILE = 0xbede;
/** RFC 8285 §4.3: elements of two header bytes; the last four bits are the application's. */
const TWO_BYTE_PROFILE = 0x1000;

/**
 * Reads the elements of a header extension by their ids: 1 to 14 in the one-byte form, 1 to 255 in the two-byte form. Of
 * an id that comes twice the last one stays. An extension of another profile holds no elements.
 *
 * @throws {MalformedMedia}
 */
export function readHeaderExtensions(extension: HeaderExtension | undefined): Map<number, Buffer> {
  const elements = new Map<number, Buffer>();
  if (!extension) return elements;
  const twoBytes = (extension.profile & 0xfff0) === TWO_BYTE_PROFILE;
  if (!twoBytes && extension.profile !== ONE_BYTE_PROFILE) return elements;

  const { data } = extension;
  let offset = 0;
  while (offset < data.length) {
    const head = data.readUInt8(offset);
    if (head === 0) {
      offset += 1;
      continue;
    }
    const id = twoBytes ? head : head >> 4;
    // The id that is reserved, and padding that says it has a length: what follows is not to be read (RFC 8285 §4.2).
    if (!twoBytes && (id === 15 || id === 0)) break;
    if (twoBytes && offset + 1 === data.length) throw truncated();
    const length = twoBytes ? data.readUInt8(offset + 1) : (head & 0x0f) + 1;
    const start = offset + (twoBytes ? 2 : 1);
    if (start + length > data.length) throw truncated();
    elements.set(id, data.subarray(start, start + length));
    offset = start + length;
  }
  return elements;
}

/** Writes elements, in the one-byte form where that holds them. An element has an id from 1 to 255 and 255 bytes at most. */
export function writeHeaderExtensions(elements: ReadonlyMap<number, Buffer>): HeaderExtension {
  const oneByte = [...elements].every(([id, value]) => id <= 14 && value.length >= 1 && value.length <= 16);
  const parts = [...elements].flatMap(([id, value]) => [
    oneByte ? Buffer.of((id << 4) | (value.length - 1)) : Buffer.of(id, value.length),
    value,
  ]);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const data = Buffer.concat(parts, 4 * Math.ceil(length / 4));
  return { profile: oneByte ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE, data };
}

function truncated(): MalformedMedia {
  return new MalformedMedia('TRUNCATED', 'A header extension ends within an element');
}
