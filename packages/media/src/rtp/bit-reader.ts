import { MalformedMedia } from './malformed-media.ts';

/** Reads bits, the highest first, as H.264 writes them (ITU-T H.264 §7.2 and §9.1). */
export class BitReader {
  readonly #data: Buffer;
  #position = 0;

  /** @param data without emulation prevention */
  constructor(data: Buffer) {
    this.#data = data;
  }

  get bitsLeft(): number {
    return 8 * this.#data.length - this.#position;
  }

  /** u(n), n up to 32. @throws {MalformedMedia} at the end of the data */
  bits(count: number): number {
    if (count > this.bitsLeft) throw new MalformedMedia('TRUNCATED', 'A bitstream ends within a field');
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = this.#data[this.#position >> 3] as number;
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
      this.#position += 1;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** ue(v): from 0 to `maximum`. @throws {MalformedMedia} */
  unsigned(maximum: number): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (zeros > 32) throw new MalformedMedia('INVALID', 'A number in a bitstream has more than 32 bits');
    }
    const value = 2 ** zeros - 1 + this.bits(zeros);
    if (value > maximum) throw new MalformedMedia('INVALID', `A bitstream holds ${value} where ${maximum} is the most`);
    return value;
  }

  /** se(v), of 32 bits. @throws {MalformedMedia} */
  signed(): number {
    const code = this.unsigned(2 ** 32 - 2);
    return code % 2 === 1 ? (code + 1) / 2 : 0 - code / 2;
  }
}
