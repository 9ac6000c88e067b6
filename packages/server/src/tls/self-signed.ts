import { createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import type { KeyPair } from './key-pair.ts';

/** X.690: the tags of what a certificate is made of. */
const Tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Object identifiers, as they are encoded. */
const oid = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectAlternativeName: '551d11',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuthentication: '2b06010505070301',
};

const TRUE = Buffer.of(0x01, 0x01, 0xff);
/** RFC 5280 §4.2.1.3: digitalSignature, the first of the bits; seven of the octet are unused. */
const DIGITAL_SIGNATURE = Buffer.of(Tag.bitString, 0x02, 0x07, 0x80);

export interface SelfSignedOptions {
  /** Host names and IP addresses that it is for; the first is its common name too. */
  readonly names: readonly [string, ...string[]];
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** A certificate for a server that nobody but itself vouches for, and its key, on P-256 (RFC 5280). */
export function createSelfSigned({ names, validFrom, validTo }: SelfSignedOptions): KeyPair {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const algorithm = sequence(identifier(oid.ecdsaWithSha256));
  const name = sequence(
    encode(Tag.set, sequence(identifier(oid.commonName), encode(Tag.utf8String, Buffer.from(names[0])))),
  );
  const content = sequence(
    encode(0xa0, encode(Tag.integer, Buffer.of(2))), // version 3
    encode(Tag.integer, serialNumber()),
    algorithm,
    name,
    sequence(time(validFrom), time(validTo)),
    name,
    publicKey,
    encode(0xa3, sequence(...extensions(names))),
  );
  const signature = sign('sha256', content, privateKey);
  const certificate = sequence(content, algorithm, encode(Tag.bitString, Buffer.of(0), signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${inLines(certificate.toString('base64'))}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function extensions(names: readonly string[]): Buffer[] {
  const extension = (id: string, value: Buffer, ...critical: Buffer[]) =>
    sequence(identifier(id), ...critical, encode(Tag.octetString, value));
  return [
    extension(oid.basicConstraints, sequence(), TRUE),
    extension(oid.keyUsage, DIGITAL_SIGNATURE, TRUE),
    extension(oid.extendedKeyUsage, sequence(identifier(oid.serverAuthentication))),
    extension(oid.subjectAlternativeName, sequence(...names.map(alternativeName))),
  ];
}

/** RFC 5280 §4.2.1.6: [2] a host name, [7] the octets of an IP address. */
function alternativeName(name: string): Buffer {
  const family = isIP(name);
  if (family === 0) return encode(0x82, Buffer.from(name, 'ascii'));
  return encode(0x87, family === 4 ? Buffer.from(name.split('.').map(Number)) : octetsOfIpv6(name));
}

function octetsOfIpv6(address: string): Buffer {
  // As URLs write it: no zone, nothing in IPv4's form.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const words = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [words(head), words(tail ?? '')];
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return Buffer.from(all.map((word) => word.padStart(4, '0')).join(''), 'hex');
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets. */
function serialNumber(): Buffer {
  const octets = randomBytes(16);
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40;
  return octets;
}

/** RFC 5280 §4.1.2.5: `261121200000Z`, from 2050 on `20501121200000Z`. */
function time(date: Date): Buffer {
  const full = date.toISOString().replace(/\.\d+|[-:T]/g, '');
  const isLate = date.getUTCFullYear() >= 2050;
  return encode(isLate ? Tag.generalizedTime : Tag.utcTime, Buffer.from(isLate ? full : full.slice(2)));
}

function identifier(encoded: string): Buffer {
  return encode(Tag.objectIdentifier, Buffer.from(encoded, 'hex'));
}

function sequence(...parts: Buffer[]): Buffer {
  return encode(Tag.sequence, ...parts);
}

function encode(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(value), value]);
}

/** X.690 §8.1.3 */
function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}

/** RFC 7468 §2 */
function inLines(base64: string): string {
  return base64.replace(/.{64}(?=.)/g, '$&\n');
}
