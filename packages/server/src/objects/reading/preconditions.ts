import type { IncomingHttpHeaders } from 'node:http';
import type { ObjectFacts } from '../object-facts.ts';

/** What the conditions of a request come to: the object is sent, is as the client has it, or is another than it wants. */
export type Verdict = 'met' | 'notModified' | 'failed';

/** RFC 9110 section 13.2.2 */
export function judgeConditions(headers: IncomingHttpHeaders, facts: ObjectFacts): Verdict {
  const {
    'if-match': ifMatch,
    'if-none-match': ifNoneMatch,
    'if-modified-since': since,
    'if-unmodified-since': until,
  } = headers;
  if (ifMatch !== undefined && !namesEtag(ifMatch, facts.etag)) return 'failed';
  if (ifMatch === undefined && isLater(facts.modifiedAt, until)) return 'failed';
  if (ifNoneMatch !== undefined) return namesEtag(ifNoneMatch, facts.etag) ? 'notModified' : 'met';
  return readDate(since) !== undefined && !isLater(facts.modifiedAt, since) ? 'notModified' : 'met';
}

/** Whether a range counts: `If-Range` is left out or names this object (RFC 9110 section 13.1.5). */
export function rangeCounts(ifRange: string | undefined, facts: ObjectFacts): boolean {
  if (ifRange === undefined || ifRange === facts.etag) return true;
  return readDate(ifRange) === wholeSeconds(facts.modifiedAt);
}

/** Some clients leave the quotes away. */
function namesEtag(header: string, etag: string): boolean {
  const bare = (text: string) => text.trim().replace(/^W\//, '').replaceAll('"', '');
  return header.split(',').some((each) => each.trim() === '*' || bare(each) === bare(etag));
}

function isLater(time: Date, header: string | undefined): boolean {
  const limit = readDate(header);
  return limit !== undefined && wholeSeconds(time) > limit;
}

/** Dates in headers have no fractions. */
function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}

/** Undefined where it is no date, which then is as if it were not there. */
function readDate(header: string | undefined): number | undefined {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? undefined : time / 1_000;
}
