import { createCipheriv } from 'node:crypto';

/** What the DTLS handshake agreed on for one direction (RFC 5764 §4.2). */
export interface MasterKeys {
  /** 16 bytes. */
  readonly key: Buffer;
  /** 12 bytes with AEAD_AES_128_GCM. */
  readonly salt: Buffer;
}

/** The keys by which packets are protected. */
export interface SessionKeys {
  readonly key: Buffer;
  readonly salt: Buffer;
}

/** RFC 3711 §4.3.1. */
const LABEL = { rtp: { key: 0, salt: 2 }, rtcp: { key: 3, salt: 5 } } as const;

/** Derives the keys of one direction, for RTP or RTCP, with a derivation rate of 0 (RFC 3711 §4.3, RFC 7714 §11). */
export function deriveSessionKeys(master: MasterKeys, kind: keyof typeof LABEL): SessionKeys {
  const { key, salt } = LABEL[kind];
  return { key: derive(master, key, master.key.length), salt: derive(master, salt, master.salt.length) };
}

/** The first bytes of the key stream of AES in counter mode (RFC 3711 §4.3.3). */
export function derive({ key, salt }: MasterKeys, label: number, bytes: number): Buffer {
  const counter = Buffer.alloc(16);
  salt.copy(counter);
  counter.writeUInt8(counter.readUInt8(7) ^ label, 7);
  return createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(bytes));
}
