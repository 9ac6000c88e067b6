import { type Operation, operations } from '@proscenium/model';
import type { Listing, PageTokens } from './page-tokens.ts';

/** Which rows to read, newest first: at most `limit` of those with a row number below `before`. */
export type Slice = { before: number; limit: number };

/** All rows, where something else keeps them few. */
export const everything: Slice = { before: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER };

/** On a page of our own listing, which no model knows. */
const DEAD_LETTERS = 50;

export type PageRequest = { nextToken?: string; maxResults?: number };

/**
 * Reads one page of a listing, newest first. Row numbers only grow, so what is there throughout a listing comes up
 * exactly once, whatever else comes and goes meanwhile.
 */
export async function readPage<Row extends { seq: number }>(
  pageTokens: PageTokens,
  listing: Listing,
  request: PageRequest,
  select: (slice: Slice) => Promise<Row[]>,
): Promise<{ rows: Row[]; nextToken?: string }> {
  const { nextToken = '', maxResults = defaultSize(listing.operation) } = request;
  const before = nextToken === '' ? Number.MAX_SAFE_INTEGER : pageTokens.open(listing, nextToken);
  // One more than asked for tells whether there is a next page.
  const found = await select({ before, limit: maxResults + 1 });
  const rows = found.slice(0, maxResults);
  const last = rows.at(-1);
  if (last === undefined || found.length === rows.length) return { rows };
  return { rows, nextToken: pageTokens.seal(listing, last.seq) };
}

function defaultSize(name: Listing['operation']): number {
  if (name === 'ListDeadLetters') return DEAD_LETTERS;
  const { pagination }: Operation = operations[name];
  if (pagination === undefined) throw new Error(`${name} has no pages`);
  return pagination.default;
}
