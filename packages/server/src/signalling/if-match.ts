/**
 * Whether a request may go on, by its `If-Match` (RFC 9110 §13.1.1): `any` for `*`, `same` when it names the tag, `stale` when
 * it names others, weak ones or nothing that can be read; `missing` without it.
 *
 * @param tag the current entity tag, without its quotes
 */
export function compareIfMatch(ifMatch: string | undefined, tag: string): 'any' | 'same' | 'stale' | 'missing' {
  if (ifMatch === undefined) return 'missing';
  if (ifMatch.trim() === '*') return 'any';
  return ifMatch.split(',').some((one) => one.trim() === `"${tag}"`) ? 'same' : 'stale';
}
