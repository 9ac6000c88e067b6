import type { AccessUnit } from './access-unit.ts';
import { MalformedMedia } from './malformed-media.ts';
import { isKeyFrame, NAL_UNIT_TYPE, nalUnitType } from './nal-unit.ts';
import { type Picture, PictureAssembler } from './picture-assembler.ts';

/** What one payload holds (RFC 6184 §5.2): whole NAL units, or a piece of one. */
export type H264Payload =
  | { readonly type: 'units'; readonly nalUnits: readonly Buffer[] }
  | {
      readonly type: 'fragment';
      readonly start: boolean;
      readonly end: boolean;
      /** The first byte of the NAL unit that was cut up. */
      readonly header: number;
      readonly data: Buffer;
    };

const STAP_A = 24;
const FU_A = 28;
/** STAP-B, MTAP16, MTAP24 and FU-B: sent in interleaved mode alone, which WebRTC does not know. */
const INTERLEAVED: ReadonlySet<number> = new Set([25, 26, 27, 29]);
const MAXIMUM_AGGREGATED_UNITS = 64;

/** Reads a payload of packetization mode 0 or 1. @throws {MalformedMedia} `UNSUPPORTED` for interleaved mode */
export function readH264Payload(payload: Buffer): H264Payload {
  const header = payload[0];
  if (header === undefined) throw new MalformedMedia('TRUNCATED', 'An H.264 payload is empty');
  if ((header & 0x80) !== 0) throw new MalformedMedia('INVALID', 'An H.264 payload says that it is damaged');
  const type = header & 0x1f;
  if (type === STAP_A) return { type: 'units', nalUnits: readAggregate(payload) };
  if (type === FU_A) return readFragment(header, payload);
  if (INTERLEAVED.has(type)) throw new MalformedMedia('UNSUPPORTED', 'H.264 in interleaved mode is not taken');
  if (type === 0 || type > 23) throw new MalformedMedia('INVALID', `An H.264 payload is of the reserved type ${type}`);
  return { type: 'units', nalUnits: [payload] };
}

/** §5.7.1: each unit after its length in 16 bits. */
function readAggregate(payload: Buffer): Buffer[] {
  const nalUnits: Buffer[] = [];
  let offset = 1;
  while (offset < payload.length) {
    if (nalUnits.length === MAXIMUM_AGGREGATED_UNITS)
      throw new MalformedMedia('LIMIT', 'Too many NAL units in a packet');
    const start = offset + 2;
    const end = start > payload.length ? start : start + payload.readUInt16BE(offset);
    if (end > payload.length) throw new MalformedMedia('TRUNCATED', 'An aggregate ends within a NAL unit');
    const nalUnit = payload.subarray(start, end);
    const type = nalUnit.length === 0 ? 0 : nalUnitType(nalUnit);
    if (type === 0 || type > 23) throw new MalformedMedia('INVALID', 'An aggregate holds what is no NAL unit');
    nalUnits.push(nalUnit);
    offset = end;
  }
  if (nalUnits.length === 0) throw new MalformedMedia('TRUNCATED', 'An aggregate holds no NAL unit');
  return nalUnits;
}

/** §5.8: the NAL unit's header is spread over the indicator and the header of the fragment. */
function readFragment(indicator: number, payload: Buffer): H264Payload {
  const fragmentHeader = payload[1];
  if (fragmentHeader === undefined || payload.length === 2) {
    throw new MalformedMedia('TRUNCATED', 'A fragment holds nothing of its NAL unit');
  }
  const type = fragmentHeader & 0x1f;
  if (type === 0 || type > 23) throw new MalformedMedia('INVALID', `A fragment is of the reserved type ${type}`);
  return {
    type: 'fragment',
    start: (fragmentHeader & 0x80) !== 0,
    end: (fragmentHeader & 0x40) !== 0,
    header: (indicator & 0x60) | type,
    data: payload.subarray(2),
  };
}

/** H.264 in RTP (RFC 6184), packetization modes 0 and 1, to access units. */
export class H264Depacketizer extends PictureAssembler<H264Payload> {
  constructor() {
    super({ read: readH264Payload, begin: () => new H264Picture() });
  }
}

class H264Picture implements Picture<H264Payload> {
  readonly #units: Buffer[] = [];
  #fragments: Buffer[] | undefined;
  #complete = true;

  add(part: H264Payload): void {
    if (part.type === 'units') {
      this.#dropFragments();
      this.#units.push(...part.nalUnits);
      return;
    }
    if (part.start) {
      this.#dropFragments();
      this.#fragments = [Buffer.of(part.header)];
    }
    if (!this.#fragments) {
      this.#complete = false;
      return;
    }
    this.#fragments.push(part.data);
    if (!part.end) return;
    this.#units.push(Buffer.concat(this.#fragments));
    this.#fragments = undefined;
  }

  lose(): void {
    this.#dropFragments();
  }

  end(startKnown: boolean): Pick<AccessUnit, 'units' | 'keyFrame' | 'complete'> {
    this.#dropFragments();
    const keyFrame = isKeyFrame(this.#units);
    const complete = this.#complete && this.#units.length > 0 && (startKnown || startsPicture(this.#units, keyFrame));
    return { units: this.#units, keyFrame, complete };
  }

  #dropFragments(): void {
    if (this.#fragments) this.#complete = false;
    this.#fragments = undefined;
  }
}

/**
 * Whether nothing can be missing before these units although packets before them were lost: they begin with what stands at
 * the beginning of an access unit. Before a key frame that may have been parameter sets, unless it begins with its own.
 */
function startsPicture(units: readonly Buffer[], keyFrame: boolean): boolean {
  const [first] = units;
  if (!first) return false;
  const type = nalUnitType(first);
  if (type === NAL_UNIT_TYPE.sequenceParameterSet) return true;
  if (type === NAL_UNIT_TYPE.accessUnitDelimiter) return true;
  // first_mb_in_slice is 0 when its first bit is set.
  return !keyFrame && type === NAL_UNIT_TYPE.slice && ((first[1] ?? 0) & 0x80) !== 0;
}
