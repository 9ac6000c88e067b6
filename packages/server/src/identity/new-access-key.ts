import type { RandomBytes } from '@proscenium/model';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** As long as Amazon's and with the same letters, but with a prefix that none of theirs has. */
export function createAccessKeyId(random: RandomBytes): string {
  return `PRSC${Array.from(random(16), (byte) => base32[byte % base32.length]).join('')}`;
}

/** 240 random bits in 40 characters. */
export function createSecretAccessKey(random: RandomBytes): string {
  return Buffer.from(random(30)).toString('base64url');
}
