import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { toMaterial } from '../public-keys/public-key.fixture.ts';
import { selfSignedHeader, signToken } from './self-signed-token.fixture.ts';
import { verifyConnectionToken } from './verify-connection-token.ts';
import { verifyParticipantToken } from './verify-participant-token.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const otherRegion = { ...scope, region: 'eu-west-1' };

/** The time of the control plane's clock, in seconds. */
const now = Date.parse('2026-11-21T20:00:00Z') / 1_000;
const day = 24 * 60 * 60;

const payload = {
  exp: now + 28 * day,
  iat: now,
  jti: 'phone-000017',
  account_id: '123456789012',
  region: 'us-west-2',
  events_url: 'wss://global.events.live-video.net',
  version: '1.0',
};

const malformed = { name: 'ConnectionRefusal', reason: 'TOKEN_MALFORMED', code: 1053 };
const expired = { name: 'ConnectionRefusal', reason: 'TOKEN_EXPIRED', code: 1054 };
const revoked = { name: 'ConnectionRefusal', reason: 'TOKEN_REVOKED', code: undefined };

async function importKey(t: TestContext) {
  const plane = await openControlPlane(t);
  const { publicKey: imported } = await plane.call('ImportPublicKey', { publicKeyMaterial: toMaterial(publicKey) });
  const header = selfSignedHeader(imported.arn);
  const verification = { ...plane.verification, revocations: plane.connectionRevocations };
  const check = (token: string) => verifyConnectionToken(token, verification);
  const checkPayload = (other: unknown) => check(signToken(header, other, privateKey));
  return { ...plane, arn: imported.arn as string, header, check, checkPayload };
}

test('a connection token tells its id, and whose stages it is for', async (t) => {
  const { checkPayload } = await importKey(t);
  assert.deepEqual(await checkPayload({ ...payload, color: 'red' }), {
    tokenId: 'phone-000017',
    scope,
    expiresAt: new Date('2026-12-19T20:00:00Z'),
  });
});

test('where a connection token leads its client is not the server’s business', async (t) => {
  const { checkPayload } = await importKey(t);
  for (const events_url of ['ws://127.0.0.1:7080/events', 'wss://old.example.com/events']) {
    await checkPayload({ ...payload, events_url });
  }
});

test('a connection token is good for four weeks at most, to the second, and its clock may be a minute ahead', async (t) => {
  const { checkPayload, clock } = await importKey(t);
  const times = (iat: number, exp: number) => checkPayload({ ...payload, iat, exp });
  await assert.rejects(times(now, now + 28 * day + 1), malformed);
  await times(now + 60, now + day);
  await assert.rejects(times(now + 61, now + day), malformed);
  clock.advance(59_999);
  await times(now, now + 60);
  clock.advance(1);
  await assert.rejects(times(now, now + 60), expired);
});

test('a connection token must be signed by a key of the account and region that it names', async (t) => {
  const { call, arn, header, check } = await importKey(t);
  const publicKeyMaterial = toMaterial(publicKey);
  const { publicKey: abroad } = await call('ImportPublicKey', { publicKeyMaterial }, otherRegion);
  const cases: [object, object][] = [
    [selfSignedHeader(abroad.arn), payload],
    [header, { ...payload, region: 'eu-west-1' }],
    [header, { ...payload, account_id: '210987654321' }],
    [selfSignedHeader(arn.replace('us-west-2:123456789012', '123456789012:us-west-2')), payload],
    [{ ...header, alg: 'KMS' }, payload],
    [{ alg: 'ES384', typ: 'JWT' }, payload],
  ];
  for (const [other, claims] of cases) {
    await assert.rejects(check(signToken(other, claims, privateKey)), malformed, inspect([other, claims]));
  }
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  await assert.rejects(check(signToken(header, payload, stranger.privateKey)), malformed);
  const there = { ...payload, region: 'eu-west-1' };
  assert.deepEqual((await check(signToken(selfSignedHeader(abroad.arn), there, privateKey))).scope, otherRegion);
  await call('DeletePublicKey', { arn });
  await assert.rejects(check(signToken(header, payload, privateKey)), malformed);
});

test('a connection token that is changed anywhere is refused', async (t) => {
  const { header, check } = await importKey(t);
  const token = signToken(header, payload, privateKey);
  for (let index = 0; index < token.length; index += 1) {
    const other = token[index] === 'A' ? 'B' : 'A';
    await assert.rejects(check(token.slice(0, index) + other + token.slice(index + 1)), malformed, `at ${index}`);
  }
});

test('every claim of a connection token is compulsory', async (t) => {
  const { checkPayload } = await importKey(t);
  for (const name of Object.keys(payload)) {
    for (const value of [undefined, null, [], true, name === 'exp' || name === 'iat' ? 'x' : 7]) {
      await assert.rejects(checkPayload({ ...payload, [name]: value }), malformed, `${name}: ${inspect(value)}`);
    }
  }
  for (const jti of ['', 'a b', 'x'.repeat(65)]) await assert.rejects(checkPayload({ ...payload, jti }), malformed);
  for (const other of [null, [], 7, {}]) await assert.rejects(checkPayload(other), malformed);
});

test('a participant token is no connection token, nor the other way round', async (t) => {
  const { checkPayload, header, verification, call } = await importKey(t);
  const { stage, participantTokens } = await call('CreateStage', { participantTokenConfigurations: [{}] });
  const token = signToken(header, payload, privateKey);
  await assert.rejects(verifyParticipantToken(token, verification), { name: 'TokenRefusal', code: 1 });
  const { account_id, region, ...claims } = payload;
  const joining = { resource: stage.arn, topic: stage.arn.split('/')[1], whip_url: '', capabilities: {} };
  await assert.rejects(checkPayload({ ...claims, exp: now + day, ...joining }), malformed);
  const revocations = { isRevoked: async () => false };
  await assert.rejects(verifyConnectionToken(participantTokens[0].token, { ...verification, revocations }), malformed);
});

test('a revoked connection token is refused', async (t) => {
  const { call, header, check, checkPayload } = await importKey(t);
  await call('RevokeConnectionToken', { tokenId: 'phone-000017' });
  await assert.rejects(checkPayload(payload), revoked);
  await checkPayload({ ...payload, jti: 'phone-000018' });
  await assert.rejects(
    checkPayload({ ...payload, exp: now }),
    expired,
    'what is wrong with the token itself comes first',
  );
  await assert.rejects(check(`${signToken(header, payload, privateKey).slice(0, -4)}AAAA`), malformed);
});

test('any text that is no connection token is refused for a reason', async (t) => {
  const { header, check } = await importKey(t);
  const json = fc.jsonValue({ maxDepth: 2 });
  const claims = fc.record(
    Object.fromEntries(
      Object.entries(payload).map(([name, value]) => [
        name,
        fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, json),
      ]),
    ),
    { requiredKeys: [] },
  );
  const token = fc.oneof(
    fc.string(),
    claims.map((content) => signToken(header, content, privateKey)),
    json.map((content) => signToken(header, content, privateKey)),
  );
  await fc.assert(
    fc.asyncProperty(token, async (text) => {
      await check(text).catch((error: unknown) =>
        assert.equal((error as Error).name, 'ConnectionRefusal', inspect(error)),
      );
    }),
    { numRuns: 200 },
  );
});

test('a refusal tells nothing of the connection token', async (t) => {
  const { call, header, check } = await importKey(t);
  await call('RevokeConnectionToken', { tokenId: 'phone-000017' });
  const good = signToken(header, payload, privateKey);
  for (const token of [good, good.slice(0, -1), signToken(header, { ...payload, exp: 1 }, privateKey)]) {
    const error = await check(token).then(
      () => assert.fail('it was let in'),
      (refusal: unknown) => refusal,
    );
    const shown = inspect(error, { depth: null }) + String(error);
    for (const part of [...token.split('.'), 'phone-000017']) assert.equal(shown.includes(part), false);
  }
});
