import { NotAuthentic, protectRtcp, protectRtp, unprotectRtcp, unprotectRtp } from './packet-protection.ts';
import { deriveSessionKeys, type MasterKeys, type SessionKeys } from './session-keys.ts';

/** Sequence numbers of one source, and how often they have wrapped (RFC 3711 §3.3.1). */
interface Source {
  rolloverCount: number;
  highest: number;
}

/** One direction of protected media: what was counted so far, and the keys. */
class Direction {
  readonly rtp: SessionKeys;
  readonly rtcp: SessionKeys;
  readonly #sources = new Map<number, Source>();

  constructor(keys: MasterKeys) {
    this.rtp = deriveSessionKeys(keys, 'rtp');
    this.rtcp = deriveSessionKeys(keys, 'rtcp');
  }

  /**
   * How often the sequence number had wrapped when this packet was numbered; packets may come late. -1 for one that was
   * numbered before the first of its source, as far as its number tells.
   */
  rolloverCount(ssrc: number, sequenceNumber: number): number {
    const source = this.#sources.get(ssrc);
    if (!source) return 0;
    const wrapped = sequenceNumber < source.highest ? 1 : 0;
    if (isAhead(source.highest, sequenceNumber)) return source.rolloverCount + wrapped;
    return source.rolloverCount - (sequenceNumber > source.highest ? 1 : 0);
  }

  /** Takes a packet into account. @returns as {@link rolloverCount} */
  count(ssrc: number, sequenceNumber: number): number {
    const rolloverCount = this.rolloverCount(ssrc, sequenceNumber);
    const source = this.#sources.get(ssrc);
    if (!source || isAhead(source.highest, sequenceNumber)) {
      this.#sources.set(ssrc, { rolloverCount, highest: sequenceNumber });
    }
    return rolloverCount;
  }
}

function isAhead(highest: number, sequenceNumber: number): boolean {
  return ((sequenceNumber - highest) & 0xffff) < 0x8000;
}

/** What is sent and received over one connection, protected (RFC 3711) with AEAD_AES_128_GCM (RFC 7714). */
export class SrtpSession {
  readonly #sending: Direction;
  readonly #receiving: Direction;
  #reports = 0;

  constructor(local: MasterKeys, remote: MasterKeys) {
    this.#sending = new Direction(local);
    this.#receiving = new Direction(remote);
  }

  protectRtp(packet: Buffer): Buffer {
    const wraps = this.#sending.count(packet.readUInt32BE(8), packet.readUInt16BE(2));
    return protectRtp(packet, wraps, this.#sending.rtp);
  }

  protectRtcp(packet: Buffer): Buffer {
    this.#reports += 1;
    return protectRtcp(packet, this.#reports, this.#sending.rtcp);
  }

  /**
   * Counts a packet that came, opened or not.
   *
   * @returns what opens it, for whoever wants to look into it
   */
  arrived(ssrc: number, sequenceNumber: number): number {
    return this.#receiving.count(ssrc, sequenceNumber);
  }

  /**
   * Opens a packet, and counts it if it is the other side's (RFC 3711 §3.3: not before).
   *
   * @throws {NotAuthentic}
   */
  openRtp(packet: Buffer): Buffer {
    if (packet.length < 12) throw new NotAuthentic('An RTP packet is shorter than its header');
    const ssrc = packet.readUInt32BE(8);
    const sequenceNumber = packet.readUInt16BE(2);
    const plain = unprotectRtp(packet, this.#receiving.rolloverCount(ssrc, sequenceNumber), this.#receiving.rtp);
    this.#receiving.count(ssrc, sequenceNumber);
    return plain;
  }

  /**
   * @param rolloverCount as {@link arrived} told it
   * @throws {NotAuthentic}
   */
  unprotectRtp(packet: Buffer, rolloverCount: number): Buffer {
    return unprotectRtp(packet, rolloverCount, this.#receiving.rtp);
  }

  /** @throws {NotAuthentic} */
  unprotectRtcp(packet: Buffer): Buffer {
    return unprotectRtcp(packet, this.#receiving.rtcp);
  }
}
