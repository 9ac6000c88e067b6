import { MalformedMedia } from '../rtp/index.ts';

/** What AMF0 can tell (Action Message Format, AMF 0, of 2006). A date is read as its milliseconds since 1970. */
export type AmfValue = number | string | boolean | null | undefined | AmfObject | readonly AmfValue[];

/** Has no prototype when it was read: any name is a plain member. */
export interface AmfObject {
  readonly [name: string]: AmfValue;
}

const MARKER = {
  number: 0,
  boolean: 1,
  string: 2,
  object: 3,
  null: 5,
  undefined: 6,
  ecmaArray: 8,
  objectEnd: 9,
  strictArray: 10,
  date: 11,
  longString: 12,
  unsupported: 13,
} as const;

const MAXIMUM_DEPTH = 16;
const MAXIMUM_VALUES = 4_096;
const MAXIMUM_SHORT_STRING_BYTES = 0xffff;

/** All values in a row. @throws {MalformedMedia} */
export function readAmf0(data: Buffer): AmfValue[] {
  return new Amf0Reader(data).values();
}

export function writeAmf0(...values: readonly AmfValue[]): Buffer {
  return Buffer.concat(values.flatMap(writeValue));
}

class Amf0Reader {
  readonly #data: Buffer;
  #offset = 0;
  #values = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  values(): AmfValue[] {
    const values: AmfValue[] = [];
    while (this.#offset < this.#data.length) values.push(this.#value(0));
    return values;
  }

  #value(depth: number): AmfValue {
    this.#values += 1;
    if (this.#values > MAXIMUM_VALUES) throw new MalformedMedia('LIMIT', 'AMF data has too many values');
    if (depth > MAXIMUM_DEPTH) throw new MalformedMedia('LIMIT', 'AMF data is nested too deeply');
    const marker = this.#take(1).readUInt8();
    switch (marker) {
      case MARKER.number:
        return this.#take(8).readDoubleBE();
      case MARKER.boolean:
        return this.#take(1).readUInt8() !== 0;
      case MARKER.string:
        return this.#shortString();
      case MARKER.object:
        return this.#members(depth);
      case MARKER.null:
        return null;
      case MARKER.undefined:
      case MARKER.unsupported:
        return undefined;
      case MARKER.ecmaArray:
        this.#take(4); // How many members it has is a hint, often wrong; the end marker counts (§2.10).
        return this.#members(depth);
      case MARKER.strictArray:
        return this.#items(depth);
      case MARKER.date:
        return this.#take(10).readDoubleBE();
      case MARKER.longString:
        return this.#take(this.#take(4).readUInt32BE()).toString();
      default:
        throw new MalformedMedia('UNSUPPORTED', `AMF data has a value of type ${marker}`);
    }
  }

  #members(depth: number): AmfObject {
    const members: Record<string, AmfValue> = Object.create(null);
    for (;;) {
      const name = this.#shortString();
      if (name === '' && this.#data[this.#offset] === MARKER.objectEnd) break;
      members[name] = this.#value(depth + 1);
    }
    this.#offset += 1;
    return members;
  }

  #items(depth: number): AmfValue[] {
    const count = this.#take(4).readUInt32BE();
    const items: AmfValue[] = [];
    while (items.length < count) items.push(this.#value(depth + 1));
    return items;
  }

  #shortString(): string {
    return this.#take(this.#take(2).readUInt16BE()).toString();
  }

  #take(bytes: number): Buffer {
    const end = this.#offset + bytes;
    if (end > this.#data.length) throw new MalformedMedia('TRUNCATED', 'AMF data ends within a value');
    const part = this.#data.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }
}

function writeValue(value: AmfValue): Buffer[] {
  if (value === undefined) return [Buffer.of(MARKER.undefined)];
  if (value === null) return [Buffer.of(MARKER.null)];
  if (typeof value === 'number') return [Buffer.of(MARKER.number), double(value)];
  if (typeof value === 'boolean') return [Buffer.of(MARKER.boolean, value ? 1 : 0)];
  if (typeof value === 'string') return writeString(value);
  if (isArray(value)) return [Buffer.of(MARKER.strictArray), uint32(value.length), ...value.flatMap(writeValue)];
  const members = Object.entries(value).flatMap(([name, member]) => [shortString(name), ...writeValue(member)]);
  return [Buffer.of(MARKER.object), ...members, Buffer.of(0, 0, MARKER.objectEnd)];
}

/** `Array.isArray` knows no read-only arrays. */
function isArray(value: AmfObject | readonly AmfValue[]): value is readonly AmfValue[] {
  return Array.isArray(value);
}

function writeString(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  return bytes.length > MAXIMUM_SHORT_STRING_BYTES
    ? [Buffer.of(MARKER.longString), uint32(bytes.length), bytes]
    : [Buffer.of(MARKER.string), uint16(bytes.length), bytes];
}

function shortString(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint16(bytes.length), bytes]);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
