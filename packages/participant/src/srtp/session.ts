import { protectRtcp, protectRtp, unprotectRtcp, unprotectRtp } from './packet-protection.ts';
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

  /** How often the sequence number had wrapped when this packet was numbered; packets may come late. */
  rolloverCount(ssrc: number, sequenceNumber: number): number {
    const source = this.#sources.get(ssrc);
    if (!source) {
      this.#sources.set(ssrc, { rolloverCount: 0, highest: sequenceNumber });
      return 0;
    }
    const ahead = (sequenceNumber - source.highest) & 0xffff;
    if (ahead >= 0x8000) return source.rolloverCount - (sequenceNumber > source.highest ? 1 : 0);
    if (sequenceNumber < source.highest) source.rolloverCount += 1;
    source.highest = sequenceNumber;
    return source.rolloverCount;
  }
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
    const wraps = this.#sending.rolloverCount(packet.readUInt32BE(8), packet.readUInt16BE(2));
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
    return this.#receiving.rolloverCount(ssrc, sequenceNumber);
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
