import { integer, string } from '../schema.ts';

/** Opaque cursor of a list call; the empty string asks for the first page. */
export const PaginationToken = string({ max: 1024, pattern: '[a-zA-Z0-9+/=_-]*' });

/** The optional request members of a list call. */
export function pageRequest(maximum: number) {
  return { nextToken: PaginationToken, maxResults: integer({ min: 1, max: maximum }) };
}

/** The optional response member of a list call: there only when more items exist. */
export const pageResponse = { nextToken: PaginationToken };
