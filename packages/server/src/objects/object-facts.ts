import type { BigIntStats } from 'node:fs';

/** What is known of an object without reading it. */
export interface ObjectFacts {
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** In quotes. Another one whenever the object is another; the same one over restarts. */
  readonly etag: string;
}

/**
 * The dash in the ETag says that it is no MD5 of the object, as for those that came in parts
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html).
 */
export function objectFacts({ size, mtime, mtimeNs, ino }: BigIntStats): ObjectFacts {
  const digits = [mtimeNs, ino, size].map((each) => BigInt.asUintN(64, each).toString(16).padStart(16, '0')).join('');
  return {
    bytes: Number(size),
    modifiedAt: mtime,
    etag: `"${digits.slice(0, 32)}${digits.slice(32).replace(/^0+/, '')}-1"`,
  };
}
