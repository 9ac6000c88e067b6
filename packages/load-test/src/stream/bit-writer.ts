/** Writes bits, the highest first, as H.264 reads them (ITU-T H.264 §7.2 and §9.1). */
export class BitWriter {
  readonly #bytes: number[] = [];
  #bits = 0;

  /** u(n), n up to 32. */
  bits(value: number, count: number): this {
    for (let index = count - 1; index >= 0; index -= 1) {
      if (this.#bits % 8 === 0) this.#bytes.push(0);
      const bit = Math.floor(value / 2 ** index) % 2;
      this.#bytes[this.#bytes.length - 1] = (this.#bytes.at(-1) ?? 0) | (bit << (7 - (this.#bits % 8)));
      this.#bits += 1;
    }
    return this;
  }

  /** ue(v) */
  unsigned(value: number): this {
    const length = Math.floor(Math.log2(value + 1));
    return this.bits(value + 1, 2 * length + 1);
  }

  /** A one, then zeros up to the byte (§7.3.2.11). */
  end(): Buffer {
    this.bits(1, 1);
    return Buffer.from(this.#bytes);
  }
}

/** A NAL unit with emulation prevention (§7.4.1): 3 goes between two zeros and what would look like a start code. */
export function nalUnit(header: number, payload: Buffer): Buffer {
  const bytes = [header];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3);
      zeros = 0;
    }
    bytes.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(bytes);
}
