import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fragments, linesOf, publishOffers, subscribeOffers } from './descriptions.ts';
import { edits } from './edited-text.ts';
import { type JoiningCase, joiningCase } from './joining-case.ts';
import { ask, bearer, type MediaAnswer } from './media-request.ts';

const SDP = { 'content-type': 'application/sdp' };
const FRAGMENT = { 'content-type': 'application/trickle-ice-sdpfrag' };
const offerEdits = edits(linesOf([...publishOffers, ...subscribeOffers]));
const fragmentEdits = edits(linesOf([...fragments, ...publishOffers]));

interface Post {
  readonly base: string;
  readonly edit: (text: string) => string;
  /** Leaves without a word: the server is to find out. */
  readonly vanishes: boolean;
}

function post(bases: readonly string[]): fc.Arbitrary<Post> {
  const vanishes = fc.nat(19).map((number) => number === 0);
  return fc.record({ base: fc.constantFrom(...bases), edit: offerEdits, vanishes });
}

export const publishing: fc.Arbitrary<JoiningCase> = joiningCase('publish', post(publishOffers), (stage, chosen) =>
  offerTo(stage.whipUrl, stage.newToken(), chosen),
);

export const subscribing: fc.Arbitrary<JoiningCase> = joiningCase('subscribe', post(subscribeOffers), (stage, chosen) =>
  offerTo(stage.subscribeUrl(), stage.newToken(), chosen),
);

async function offerTo(url: string, token: string, { base, edit, vanishes }: Post): Promise<string> {
  const answer = await ask(url, 'POST', { ...SDP, ...bearer(token) }, edit(base));
  if (answer.status === 201 && !vanishes) await endAt(locationOf(answer), token);
  return `${url.includes('subscribe') ? 'subscribe' : 'publish'} ${answer.status}`;
}

function locationOf({ headers, body }: MediaAnswer): string {
  assert.match(body, /^v=0\r\n/);
  assert.match(String(headers.etag), /^"[^"]+"$/);
  return String(headers.location);
}

async function endAt(location: string, token: string): Promise<void> {
  assert.equal((await ask(location, 'DELETE', bearer(token))).status, 200);
}

interface Patch {
  readonly base: string;
  readonly edit: (text: string) => string;
  readonly ifMatch: string | undefined;
}

const patch: fc.Arbitrary<Patch> = fc.record({
  base: fc.constantFrom(...fragments),
  edit: fragmentEdits,
  ifMatch: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('*', 'current') },
    fc.constantFrom(undefined, 'W/current', '""', ','),
    headerText(),
  ),
});

/** A publish whose resource is patched, and that goes on whatever the patches were. */
export const patching: fc.Arbitrary<JoiningCase> = joiningCase(
  'patch',
  fc.array(patch, { minLength: 1, maxLength: 5 }),
  async (stage, patches) => {
    const token = stage.newToken();
    const posted = await ask(stage.whipUrl, 'POST', { ...SDP, ...bearer(token) }, publishOffers[0]);
    assert.equal(posted.status, 201);
    const location = locationOf(posted);
    let tag = String(posted.headers.etag);
    const statuses: number[] = [];
    for (const { base, edit, ifMatch } of patches) {
      const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch.replace('current', tag) };
      const answer = await ask(location, 'PATCH', { ...FRAGMENT, ...bearer(token), ...headers }, edit(base));
      if (answer.status === 200) tag = String(answer.headers.etag);
      statuses.push(answer.status);
    }
    const headers = { ...FRAGMENT, ...bearer(token), 'if-match': tag };
    assert.equal((await ask(location, 'PATCH', headers, 'a=end-of-candidates\r\n')).status, 204);
    await endAt(location, token);
    return `patch ${statuses[0]}`;
  },
);

const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE', 'LINK');
const segment = fc.oneof(
  fc.constantFrom('subscribe', 'resource', 'publisher', '..', '.', '%2e%2e', '%00', '%', '*', '__proto__', ''),
  fc.string({ maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.nat(2_000).map((length) => 'x'.repeat(length)),
);
const headerName = fc.constantFrom(
  'content-type',
  'if-match',
  'origin',
  'accept',
  'expect',
  'x-forwarded-host',
  'cookie',
  'authorization',
);

/** Text that may stand in a header. */
function headerText(): fc.Arbitrary<string> {
  return fc.string({
    maxLength: 60,
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  });
}

const mediaType = fc.oneof(
  fc.constantFrom(
    'application/sdp',
    'application/sdp;a=b',
    'application/trickle-ice-sdpfrag',
    'text/plain',
    '/',
    'multipart/form-data; boundary=x',
  ),
  headerText(),
);

/** A request of any form. */
export const requesting: fc.Arbitrary<JoiningCase> = joiningCase(
  'request',
  fc.record({
    method,
    belowStage: fc.boolean(),
    segments: fc.array(segment, { maxLength: 4 }),
    headers: fc.dictionary(headerName, headerText(), { maxKeys: 3 }),
    type: fc.option(mediaType, { nil: undefined }),
    bearer: fc.boolean(),
    base: fc.constantFrom('', ...publishOffers, ...fragments),
    edit: offerEdits,
  }),
  async (stage, chosen) => {
    const token = stage.newToken();
    const root = chosen.belowStage ? stage.whipUrl : `${new URL(stage.whipUrl).origin}/whip`;
    const url = [root, ...chosen.segments].join('/');
    const headers = {
      ...chosen.headers,
      ...(chosen.type !== undefined && { 'content-type': chosen.type }),
      ...(chosen.bearer && bearer(token)),
    };
    const hasBody = !['GET', 'HEAD', 'TRACE'].includes(chosen.method);
    const answer = await ask(url, chosen.method, headers, hasBody ? chosen.edit(chosen.base) : '');
    if (answer.status === 201) await endAt(locationOf(answer), token);
    return `request ${answer.status}`;
  },
);
