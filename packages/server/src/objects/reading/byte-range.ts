/** Positions of the first and the last byte. */
export type ByteRange = { readonly first: number; readonly last: number };

/**
 * The part of so many bytes that a `Range` header asks for (RFC 9110 section 14.2). Several ranges at once and other units are
 * ignored, as S3 does.
 *
 * @returns undefined: all of it
 */
export function readRange(header: string | undefined, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const end = bytes - 1;
  if (from === '') {
    const first = Math.max(0, bytes - Number(to));
    return first > end ? 'unsatisfiable' : { first, last: end };
  }
  const first = Number(from);
  const last = to === '' ? end : Math.min(Number(to), end);
  if (to !== '' && Number(to) < first) return undefined;
  return first > end ? 'unsatisfiable' : { first, last };
}
