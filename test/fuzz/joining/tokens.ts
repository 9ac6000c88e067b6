import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSocket } from '../../../packages/server/src/signalling/fuzzed-socket.fixture.ts';
import { publishOffers } from './descriptions.ts';
import type { FuzzedStage } from './fuzzed-stage.ts';
import { type JoiningCase, joiningCase } from './joining-case.ts';
import { ask, bearer } from './media-request.ts';

const claimNames = [
  'jti',
  'exp',
  'iat',
  'nbf',
  'resource',
  'topic',
  'events_url',
  'whip_url',
  'user_id',
  'attributes',
  'capabilities',
  'version',
  'x',
];
const headerNames = ['alg', 'typ', 'kid', 'crit', 'b64', 'jwk', 'x'];
const value = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 0, -1, 1e300, true, [], {}, 'none', 'HS256', 'ES384', '__proto__'),
  fc.string({ maxLength: 200 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.nat(100_000).map((length) => 'x'.repeat(length % 5_000)),
);

/** Members put in, replaced or (undefined) left out. */
const changes = (names: readonly string[]) => fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });

type Form = (stage: FuzzedStage) => string;

function form<Chosen>(
  chosen: fc.Arbitrary<Chosen>,
  write: (stage: FuzzedStage, chosen: Chosen) => string,
): fc.Arbitrary<Form> {
  return chosen.map((one) =>
    Object.assign((stage: FuzzedStage) => write(stage, one), { [fc.toStringMethod]: () => fc.stringify(one) }),
  );
}

/** Rightly signed, with odd contents. */
const oddlyClaimed = form(fc.record({ header: changes(headerNames), claims: changes(claimNames) }), (stage, changed) =>
  stage.sign({ ...stage.header, ...changed.header }, { ...stage.claims('odd'), ...changed.claims }),
);

/** Changed after the signature. */
const spoiled = form(
  fc.record({
    service: fc.boolean(),
    at: fc.nat(3_000),
    remove: fc.nat(30),
    text: fc.string({ maxLength: 10, unit: fc.constantFrom(...'aZ09-_.=+/ ~') }),
  }),
  (stage, { service, at, remove, text }) => {
    const token = service ? stage.serviceToken : stage.newToken();
    const place = at % token.length;
    return token.slice(0, place) + text + token.slice(place + remove);
  },
);

const noToken = form(fc.string({ maxLength: 300, unit: fc.constantFrom(...'aZ09-_.=+/ey') }), (_, text) => text);

/** Somebody comes with a token of any form: by request, or by socket. */
export const admitting: fc.Arbitrary<JoiningCase> = joiningCase(
  'token',
  fc.record({
    write: fc.oneof(oddlyClaimed, spoiled, noToken),
    way: fc.constantFrom('POST', 'DELETE', 'PATCH', 'socket'),
  }),
  async (stage, { write, way }) => {
    const token = write(stage);
    if (way === 'socket') {
      // A sub-protocol is a token of HTTP; what is none cannot be offered.
      if (!/^[\w.~+-]+$/.test(token)) return 'token none';
      const socket = await openSocket(stage.eventsUrl, token);
      await socket.send('{"type":"LEAVE"}');
      return `token ${await socket.end()}`;
    }
    const url = way === 'POST' ? stage.whipUrl : `${stage.whipUrl}/resource/none`;
    const headers = { 'content-type': way === 'POST' ? 'application/sdp' : 'application/trickle-ice-sdpfrag' };
    const { status, headers: answered } = await ask(url, way, { ...headers, ...bearer(token) }, publishOffers[0]);
    if (status === 201) assert.equal((await ask(String(answered.location), 'DELETE', bearer(token))).status, 200);
    return `token ${status}`;
  },
);
