import type { AccessUnit } from './access-unit.ts';
import { MalformedMedia } from './malformed-media.ts';
import { type Picture, PictureAssembler } from './picture-assembler.ts';

export interface Vp8Payload {
  /** The payload begins the first partition, and with it the frame. */
  readonly startsFrame: boolean;
  readonly data: Buffer;
}

/*
 * RFC 7741 §4.2
 *
 *       0 1 2 3 4 5 6 7
 *      +-+-+-+-+-+-+-+-+
 *      |X|R|N|S|R| PID |
 *      +-+-+-+-+-+-+-+-+
 * X:   |I|L|T|K|  RSV  |
 *      +-+-+-+-+-+-+-+-+
 * I:   |M| PictureID   |   two bytes with M
 * L:   |   TL0PICIDX   |
 * T/K: |TID|Y| KEYIDX  |
 *      +-+-+-+-+-+-+-+-+
 */

/** Reads a payload: the descriptor is taken off. @throws {MalformedMedia} */
export function readVp8Payload(payload: Buffer): Vp8Payload {
  const first = payload[0] ?? 0;
  let length = 1;
  if ((first & 0x80) !== 0) {
    const extended = payload[1] ?? 0;
    length = 2;
    if ((extended & 0x80) !== 0) length += ((payload[length] ?? 0) & 0x80) !== 0 ? 2 : 1;
    if ((extended & 0x40) !== 0) length += 1;
    if ((extended & 0x30) !== 0) length += 1;
  }
  if (payload.length <= length) throw new MalformedMedia('TRUNCATED', 'A VP8 payload ends with its descriptor');
  return { startsFrame: (first & 0x17) === 0x10, data: payload.subarray(length) };
}

/** VP8 in RTP (RFC 7741) to frames. */
export class Vp8Depacketizer extends PictureAssembler<Vp8Payload> {
  constructor() {
    super({ read: readVp8Payload, begin: () => new Vp8Picture() });
  }
}

/** Pieces of a frame go together without seams, so nothing after a gap can be used. */
class Vp8Picture implements Picture<Vp8Payload> {
  readonly #parts: Buffer[] = [];
  #lost = false;

  add({ startsFrame, data }: Vp8Payload): void {
    if (this.#parts.length === 0 && !startsFrame) this.#lost = true;
    if (!this.#lost) this.#parts.push(data);
  }

  lose(): void {
    this.#lost = true;
  }

  end(): Pick<AccessUnit, 'units' | 'keyFrame' | 'complete'> {
    if (this.#parts.length === 0) return { units: [], keyFrame: false, complete: false };
    const frame = Buffer.concat(this.#parts);
    // RFC 6386 §9.1: the first bit is clear in key frames.
    return { units: [frame], keyFrame: ((frame[0] ?? 1) & 1) === 0, complete: !this.#lost };
  }
}
