/** Boxes of the ISO base media file format (ISO/IEC 14496-12 §4.2): a length, four letters, what they hold. */

export function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([uint32(length), Buffer.from(type, 'latin1'), ...parts], length);
}

/** A box with a version and flags. */
export function fullBox(type: string, version: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  return box(type, uint32(version * 2 ** 24 + flags), ...parts);
}

export function uint16(...values: readonly number[]): Buffer {
  const buffer = Buffer.allocUnsafe(2 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt16BE(value, 2 * index);
  return buffer;
}

export function uint32(...values: readonly number[]): Buffer {
  const buffer = Buffer.allocUnsafe(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32BE(value, 4 * index);
  return buffer;
}

export function uint64(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer;
}

export function zeros(length: number): Buffer {
  return Buffer.alloc(length);
}
