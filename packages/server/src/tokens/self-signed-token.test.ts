import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { newPublicKeyMaterial, toMaterial } from '../public-keys/public-key.fixture.ts';
import { selfSignedHeader, signToken } from './self-signed-token.fixture.ts';
import { verifyParticipantToken } from './verify-participant-token.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const otherRegion = { ...scope, region: 'eu-west-1' };
const otherAccount = { ...scope, account: '210987654321' };

/** The time of the control plane's clock, in seconds. */
const now = Date.parse('2026-11-21T20:00:00Z') / 1_000;
const day = 24 * 60 * 60;

const payload = {
  exp: now + 12 * 60 * 60,
  iat: now,
  jti: 'viewer-000017',
  resource: 'arn:aws:ivs:us-west-2:123456789012:stage/Fr1dayShow01',
  topic: 'Fr1dayShow01',
  events_url: 'wss://global.events.live-video.net',
  whip_url: 'https://453fdfd2ad24df.global-bm.whip.live-video.net',
  user_id: 'ann',
  attributes: { seat: '12' },
  capabilities: { allow_publish: false, allow_subscribe: true },
  version: '1.0',
};

const refusedWith = (code: number) => ({ name: 'TokenRefusal', code });
const malformed = refusedWith(1);
const expired = refusedWith(2);
const noStage = refusedWith(9);

async function importKey(t: TestContext) {
  const plane = await openControlPlane(t);
  const { publicKey: imported } = await plane.call('ImportPublicKey', { publicKeyMaterial: toMaterial(publicKey) });
  const header = selfSignedHeader(imported.arn);
  const check = (token: string) => verifyParticipantToken(token, plane.verification);
  const checkPayload = (other: unknown) => check(signToken(header, other, privateKey));
  return { ...plane, arn: imported.arn as string, header, check, checkPayload };
}

test('a self-signed token tells its claims', async (t) => {
  const { checkPayload } = await importKey(t);
  assert.deepEqual(await checkPayload(payload), {
    participantId: 'viewer-000017',
    stage: { ...scope, stageId: 'Fr1dayShow01' },
    userId: 'ann',
    attributes: { seat: '12' },
    capabilities: { publish: false, subscribe: true },
    expiresAt: new Date('2026-11-22T08:00:00Z'),
    issuedAt: new Date('2026-11-21T20:00:00Z'),
    selfSigned: true,
    endpoints: {
      events: 'wss://global.events.live-video.net',
      whip: 'https://453fdfd2ad24df.global-bm.whip.live-video.net',
    },
  });
});

test('user id, attributes and capabilities may be left out, and claims that are not known are passed over', async (t) => {
  const { checkPayload } = await importKey(t);
  const { user_id, attributes, ...rest } = payload;
  const claims = await checkPayload({ ...rest, capabilities: {}, version: '2.0', color: 'red' });
  assert.equal(claims.userId, '');
  assert.deepEqual(claims.attributes, {});
  assert.deepEqual(claims.capabilities, { publish: false, subscribe: false });
});

test('where a token leads its client is not the server’s business', async (t) => {
  const { checkPayload } = await importKey(t);
  await checkPayload({ ...payload, events_url: 'wss://old.example.com/events', whip_url: '' });
});

test('a self-signed token that is changed anywhere is refused', async (t) => {
  const { header, check } = await importKey(t);
  const token = signToken(header, payload, privateKey);
  await check(token);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (let index = 0; index < token.length; index += 1) {
    // The next character of the alphabet changes the lowest bit, which a lenient decoder may not look at.
    for (const other of [alphabet[alphabet.indexOf(token[index] ?? '') ^ 1] ?? 'A', '.']) {
      if (other === token[index]) continue;
      await assert.rejects(check(token.slice(0, index) + other + token.slice(index + 1)), malformed, `at ${index}`);
    }
  }
});

test('the key must be one that this account has in the region of the stage', async (t) => {
  const { call, arn, check } = await importKey(t);
  const publicKeyMaterial = toMaterial(publicKey);
  const { publicKey: abroad } = await call('ImportPublicKey', { publicKeyMaterial }, otherRegion);
  const { publicKey: theirs } = await call('ImportPublicKey', { publicKeyMaterial }, otherAccount);
  const { publicKey: another } = await call('ImportPublicKey', { publicKeyMaterial: newPublicKeyMaterial() });
  const id = arn.split('/')[1] ?? '';
  const kids = [
    abroad.arn,
    theirs.arn,
    another.arn,
    `arn:aws:ivs:eu-west-1:123456789012:public-key/${id}`,
    `arn:aws:ivs:us-west-2:210987654321:public-key/${id}`,
    `arn:aws:ivs:123456789012:us-west-2:public-key/${id}`,
    `arn:aws:ivs:us-west-2:123456789012:stage/${id}`,
    `arn:aws:ivs:us-west-2:123456789012:public-key/nowhere`,
    `${arn} `,
    id,
    '',
    null,
    undefined,
    [arn],
    7,
  ];
  for (const kid of kids) {
    await assert.rejects(check(signToken({ alg: 'ES384', typ: 'JWT', kid }, payload, privateKey)), malformed, `${kid}`);
  }

  const homes = { [abroad.arn]: 'eu-west-1:123456789012', [theirs.arn]: 'us-west-2:210987654321' };
  for (const [kid, home] of Object.entries(homes)) {
    const resource = `arn:aws:ivs:${home}:stage/Fr1dayShow01`;
    const claims = await check(signToken(selfSignedHeader(kid), { ...payload, resource }, privateKey));
    assert.equal(`${claims.stage.region}:${claims.stage.account}`, home);
  }
});

test('a token is refused as soon as its key is deleted, also when the key is imported anew', async (t) => {
  const { call, arn, checkPayload, check } = await importKey(t);
  await checkPayload(payload);
  await call('DeletePublicKey', { arn });
  await assert.rejects(checkPayload(payload), malformed);
  const { publicKey: anew } = await call('ImportPublicKey', { publicKeyMaterial: toMaterial(publicKey) });
  await assert.rejects(checkPayload(payload), malformed);
  await check(signToken(selfSignedHeader(anew.arn), payload, privateKey));
});

test('only ES384 in the form of JSON Web Signatures counts', async (t) => {
  const { header, check, verification } = await importKey(t);
  const signedBy = (key: KeyObject, other: object) => check(signToken(other, payload, key));
  const headers = [
    { ...header, alg: 'KMS' },
    { ...header, alg: 'ES256' },
    { ...header, alg: 'es384' },
    { ...header, alg: 'none' },
    { ...header, alg: undefined },
    { ...header, crit: ['exp'] },
    { ...header, crit: [] },
  ];
  for (const other of headers) await assert.rejects(signedBy(privateKey, other), malformed, inspect(other));
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  await assert.rejects(signedBy(stranger.privateKey, header), malformed);
  const jwk = { ...header, jwk: stranger.publicKey.export({ format: 'jwk' }) };
  await assert.rejects(signedBy(stranger.privateKey, jwk), malformed, 'a key in the token itself is no key');

  const token = signToken(header, payload, privateKey);
  const signed = token.slice(0, token.lastIndexOf('.'));
  const signatures = [
    sign('sha384', Buffer.from(signed), privateKey),
    sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    Buffer.alloc(96),
    Buffer.alloc(0),
    Buffer.concat([Buffer.from(token.slice(signed.length + 1), 'base64url'), Buffer.alloc(1)]),
  ];
  for (const signature of signatures) {
    await assert.rejects(check(`${signed}.${signature.toString('base64url')}`), malformed);
  }
  // The same key as the service's would change nothing: the two kinds are told apart by their headers.
  const both = { ...verification, serviceKey: publicKey };
  await assert.rejects(
    verifyParticipantToken(signToken({ alg: 'KMS', typ: 'JWT' }, payload, privateKey), both),
    malformed,
  );
});

test('a self-signed token expires to the second', async (t) => {
  const { checkPayload, clock } = await importKey(t);
  const short = { ...payload, exp: now + 60 };
  clock.advance(59_999);
  await checkPayload(short);
  clock.advance(1);
  await assert.rejects(checkPayload(short), expired);
  for (const exp of [0, -1, now - 1]) await assert.rejects(checkPayload({ ...payload, exp }), expired);
});

test('a self-signed token is good for 14 days at most, and its clock may be a minute ahead', async (t) => {
  const { checkPayload } = await importKey(t);
  const times = (iat: number, exp: number) => checkPayload({ ...payload, iat, exp });
  await times(now, now + 14 * day);
  await assert.rejects(times(now, now + 14 * day + 1), malformed);
  await times(now - 14 * day + 1, now + 1);
  await assert.rejects(times(now - 14 * day, now + 1), malformed);
  await times(now + 60, now + day);
  await assert.rejects(times(now + 61, now + day), malformed);
  await assert.rejects(times(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), malformed);
  await assert.rejects(times(now, Number.MAX_SAFE_INTEGER), malformed);
});

test('a compulsory claim that is missing, and any of a wrong kind, is malformed', async (t) => {
  const { checkPayload } = await importKey(t);
  const { user_id, attributes, ...compulsory } = payload;
  for (const name of Object.keys(compulsory)) {
    for (const value of [undefined, null, [], true]) {
      await assert.rejects(checkPayload({ ...payload, [name]: value }), malformed, `${name}: ${inspect(value)}`);
    }
  }
  const wrong = [
    { exp: String(payload.exp) },
    { exp: payload.exp + 0.5 },
    { iat: String(payload.iat) },
    { iat: payload.iat - 0.5 },
    { jti: '' },
    { jti: 'a b' },
    { jti: 'ä' },
    { jti: 'x\n' },
    { jti: 'x'.repeat(65) },
    { resource: 'Fr1dayShow01' },
    { resource: 'arn:aws:ivs:us-west-2:123456789012:channel/Fr1dayShow01' },
    { user_id: null },
    { user_id: 7 },
    { user_id: 'x'.repeat(129) },
    { attributes: null },
    { attributes: ['seat'] },
    { attributes: { seat: 12 } },
    { attributes: { k: 'x'.repeat(1_024) } },
    { attributes: { k: 'ä'.repeat(512) } },
    { user_id: 'half \ud800' },
    { attributes: { k: '\udc00' } },
    { attributes: { '\udc00': 'v' } },
    { capabilities: 'publish' },
    { capabilities: { allow_publish: 'true' } },
    { capabilities: { allow_subscribe: 1 } },
  ];
  for (const claims of wrong) await assert.rejects(checkPayload({ ...payload, ...claims }), malformed, inspect(claims));
  for (const other of [null, [], 7, 'payload', {}])
    await assert.rejects(checkPayload(other), malformed, inspect(other));
});

test('a payload that is not UTF-8 is malformed', async (t) => {
  const { header, check } = await importKey(t);
  const bytes = Buffer.from(JSON.stringify({ ...payload, user_id: 'ann\u00e9' }), 'latin1');
  const signed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${bytes.toString('base64url')}`;
  const signature = sign('sha384', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  await assert.rejects(check(`${signed}.${signature.toString('base64url')}`), malformed);
});

test('the longest user id, participant id and attributes are good', async (t) => {
  const { checkPayload } = await importKey(t);
  const longest = { user_id: '😀'.repeat(128), jti: 'x'.repeat(64), attributes: { k: 'x'.repeat(1_023) } };
  const { userId, participantId, attributes } = await checkPayload({ ...payload, ...longest });
  assert.deepEqual({ user_id: userId, jti: participantId, attributes }, longest);
});

test('of several faults the one is told that is looked for first', async (t) => {
  const { header, checkPayload, check } = await importKey(t);
  const past = { exp: now - 1 };
  const elsewhere = { topic: 'MondayShow01' };
  const odd = { jti: 'a b' };
  const faults = { ...payload, ...past, ...elsewhere, ...odd };
  await assert.rejects(check('no token'), malformed);
  await assert.rejects(check(`${signToken(header, faults, privateKey).slice(0, -4)}AAAA`), malformed);
  await assert.rejects(checkPayload({ ...faults, resource: 'arn:aws:ivs:eu-west-1:123456789012:stage/x' }), malformed);
  await assert.rejects(checkPayload(faults), expired);
  await assert.rejects(checkPayload({ ...payload, ...elsewhere, ...odd }), noStage);
  await assert.rejects(checkPayload({ ...payload, ...odd }), malformed);
});

test('a well signed token either tells its claims or is refused, whatever is in it', async (t) => {
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
  const someHeader = fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(header) }, json);
  await fc.assert(
    fc.asyncProperty(someHeader, fc.oneof({ weight: 9, arbitrary: claims }, json), async (other, content) => {
      try {
        assert.equal((await check(signToken(other, content, privateKey))).selfSigned, true);
      } catch (error) {
        const { name, code } = error as { name: string; code: number };
        assert.deepEqual([name, [1, 2, 9].includes(code)], ['TokenRefusal', true], inspect(error));
      }
    }),
    { numRuns: 300 },
  );
});

test('a refusal of a self-signed token tells nothing of it', async (t) => {
  const { header, check } = await importKey(t);
  const good = signToken(header, payload, privateKey);
  const late = signToken(header, { ...payload, exp: 1 }, privateKey);
  const odd = signToken(header, { ...payload, topic: 'MondayShow01' }, privateKey);
  for (const token of [good.slice(0, -1), late, odd]) {
    const error = await check(token).then(
      () => assert.fail('it was let in'),
      (refusal: unknown) => refusal,
    );
    const shown = inspect(error, { depth: null }) + String(error);
    for (const part of [...token.split('.'), 'viewer-000017', 'MondayShow01', header.kid]) {
      assert.equal(shown.includes(part), false);
    }
  }
});
