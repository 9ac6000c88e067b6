import { randomBytes } from 'node:crypto';

/** A source of random bytes. */
export type RandomBytes = (size: number) => Uint8Array;

const digitsAndLowerCase = '0123456789abcdefghijklmnopqrstuvwxyz';
const alphanumerics = `${digitsAndLowerCase}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

/** The part of an ARN that names one resource, or a composition's destination: 12 alphanumerics. */
export function createResourceId(random: RandomBytes = randomBytes): string {
  return randomText(12, alphanumerics, random);
}

/** `st-` and 13 lower-case letters and digits. */
export function createSessionId(random: RandomBytes = randomBytes): string {
  return `st-${randomText(13, digitsAndLowerCase, random)}`;
}

/** Of a stream to a channel: `st-` and 23 alphanumerics. */
export function createStreamId(random: RandomBytes = randomBytes): string {
  return `st-${randomText(23, alphanumerics, random)}`;
}

/** 12 alphanumerics. */
export function createParticipantId(random: RandomBytes = randomBytes): string {
  return randomText(12, alphanumerics, random);
}

/** The secret last part of a stream key: 32 alphanumerics, 190 bits. */
export function createStreamKeySecret(random: RandomBytes = randomBytes): string {
  return randomText(32, alphanumerics, random);
}

/** Bytes past the last whole multiple of the alphabet are drawn again: folding them in would favour its first letters. */
function randomText(length: number, alphabet: string, random: RandomBytes): string {
  const limit = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of random(length - text.length)) {
      if (byte < limit) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}
