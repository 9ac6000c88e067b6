import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { openControlPlane, openTestStore, scope } from '../control-plane.fixture.ts';
import { keepSecret } from '../store/secrets.ts';
import { admitParticipant } from './admit-participant.ts';
import { issueParticipantToken } from './issue-participant-token.ts';
import { loadSigningKey, type SigningKey } from './signing-key.ts';
import { verifyParticipantToken } from './verify-participant-token.ts';

const newKey = (): SigningKey => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signingKey = newKey();
const now = new Date('2026-11-21T20:00:00.750Z');
const clock = { now: () => now };
const stage = { ...scope, stageId: 'Fr1dayShow01' };
const endpoints = { events: 'ws://127.0.0.1:8080/events', whip: 'http://127.0.0.1:8080/whip/Fr1dayShow01' };
const verification = { serviceKey: signingKey.publicKey, importedKeys: { find: async () => undefined }, clock };

const malformed = { name: 'TokenRefusal', code: 1 };

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
}

/** A token with any header and payload and a good signature. */
function forge(header: unknown, payload: unknown, key = signingKey): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${sign('sha384', Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

const header = { alg: 'KMS', typ: 'JWT' };
const payload = {
  exp: 1_795_298_400,
  jti: 'pHostAAAA001',
  resource: 'arn:aws:ivs:us-west-2:123456789012:stage/Fr1dayShow01',
  topic: 'Fr1dayShow01',
  capabilities: { allow_publish: true },
};

function check(token: string) {
  return verifyParticipantToken(token, verification);
}

test('a token says where to connect, who its bearer is and what it may do', async () => {
  const issued = await issueParticipantToken({
    stage,
    endpoints,
    durationMinutes: 60,
    userId: 'host-1',
    attributes: { role: 'host' },
    capabilities: ['PUBLISH'],
    signingKey,
    clock,
  });
  const [header, claims, signature, ...rest] = issued.token.split('.');
  assert.deepEqual(rest, []);
  assert.deepEqual(decode(header), { alg: 'KMS', typ: 'JWT' });
  assert.deepEqual(decode(claims), {
    exp: 1_795_294_800,
    iat: 1_795_291_200,
    jti: issued.participantId,
    resource: 'arn:aws:ivs:us-west-2:123456789012:stage/Fr1dayShow01',
    topic: 'Fr1dayShow01',
    events_url: 'ws://127.0.0.1:8080/events',
    whip_url: 'http://127.0.0.1:8080/whip/Fr1dayShow01',
    user_id: 'host-1',
    attributes: { role: 'host' },
    capabilities: { allow_publish: true, allow_subscribe: false },
    version: '0.3',
  });
  const bytes = Buffer.from(signature ?? '', 'base64url');
  assert.equal(bytes[0], 0x30, 'the signature is DER');
  assert.ok(verify('sha384', Buffer.from(`${header}.${claims}`), signingKey.publicKey, bytes));

  const { token: _, participantId, ...answer } = issued;
  assert.match(participantId, /^[a-zA-Z0-9]{12}$/);
  assert.deepEqual(answer, {
    userId: 'host-1',
    attributes: { role: 'host' },
    duration: 60,
    capabilities: ['PUBLISH'],
    expirationTime: new Date(1_795_294_800_000),
  });
});

test('a token is for both and 12 hours when nothing is said, and the answer repeats nothing', async () => {
  const issued = await issueParticipantToken({ stage, endpoints, signingKey, clock });
  const claims = decode(issued.token.split('.')[1]);
  assert.deepEqual(claims.capabilities, { allow_publish: true, allow_subscribe: true });
  assert.equal(claims.exp, 1_795_291_200 + 720 * 60);
  assert.deepEqual(
    Object.keys(claims).filter((name) => name === 'user_id' || name === 'attributes'),
    [],
  );
  assert.deepEqual(Object.keys(issued), ['participantId', 'token', 'expirationTime']);
});

test('capabilities are a set, and an empty one stays empty', async () => {
  const twice = await issueParticipantToken({
    stage,
    endpoints,
    capabilities: ['SUBSCRIBE', 'SUBSCRIBE'],
    signingKey,
    clock,
  });
  assert.deepEqual(twice.capabilities, ['SUBSCRIBE']);
  const none = await issueParticipantToken({ stage, endpoints, capabilities: [], signingKey, clock });
  assert.deepEqual(none.capabilities, []);
  assert.deepEqual((await check(none.token)).capabilities, { publish: false, subscribe: false });
});

test('a good token tells its claims', async () => {
  const attributes = JSON.parse('{"__proto__": "1", "rôle": "hôte"}');
  const { token, participantId } = await issueParticipantToken({
    stage,
    endpoints,
    userId: 'Änne 🎤',
    attributes,
    signingKey,
    clock,
  });
  assert.deepEqual(await check(token), {
    participantId,
    stage,
    userId: 'Änne 🎤',
    attributes,
    capabilities: { publish: true, subscribe: true },
    issuedAt: new Date('2026-11-21T20:00:00Z'),
    expiresAt: new Date('2026-11-22T08:00:00Z'),
    selfSigned: false,
  });
});

test('a token with fewer and with unknown claims is good too', async () => {
  const claims = await check(forge(header, { ...payload, color: 'red' }));
  assert.deepEqual(claims, {
    participantId: 'pHostAAAA001',
    stage,
    userId: '',
    attributes: {},
    capabilities: { publish: true, subscribe: false },
    expiresAt: new Date(1_795_298_400_000),
    selfSigned: false,
  });
});

test('the largest attributes fit into a token', async () => {
  const { token } = await issueParticipantToken({
    stage,
    endpoints,
    userId: '\u0001'.repeat(128),
    attributes: { k: '\u0001'.repeat(1023) },
    signingKey,
    clock,
  });
  assert.equal((await check(token)).attributes.k?.length, 1023);
});

test('attributes that are too large are refused', async () => {
  await assert.rejects(
    issueParticipantToken({ stage, endpoints, attributes: { k: 'ä'.repeat(512) }, signingKey, clock }),
    { name: 'ValidationException' },
  );
});

test('a token that is changed anywhere is refused', async () => {
  const { token } = await issueParticipantToken({ stage, endpoints, signingKey, clock });
  for (let index = 0; index < token.length; index += 1) {
    // The next character of the alphabet changes the lowest bit, which a lenient decoder may not look at.
    for (const other of [nextCharacter(token, index), '.']) {
      if (other === token[index]) continue;
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      await assert.rejects(check(changed), malformed, `at ${index}`);
    }
  }
});

function nextCharacter(token: string, index: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(token[index] ?? '') ^ 1] ?? 'A';
}

test('a token expires to the second', async () => {
  const { token, expirationTime } = await issueParticipantToken({
    stage,
    endpoints,
    durationMinutes: 1,
    signingKey,
    clock,
  });
  const expiry = expirationTime.getTime();
  await verifyParticipantToken(token, { ...verification, clock: { now: () => new Date(expiry - 1) } });
  await assert.rejects(verifyParticipantToken(token, { ...verification, clock: { now: () => new Date(expiry) } }), {
    name: 'TokenRefusal',
    code: 2,
  });
});

test('a token of another key is malformed, even when it has expired', async () => {
  await assert.rejects(check(forge(header, { ...payload, exp: 1 }, newKey())), malformed);
});

test('a token with another header than ours is malformed', async () => {
  const headers = [
    { alg: 'none', typ: 'JWT' },
    { alg: 'ES384', typ: 'JWT' },
    { alg: 'ES384', typ: 'JWT', kid: 'arn:aws:ivs:us-west-2:123456789012:public-key/abcdABCDefgh' },
    { alg: 'KMS', typ: 'JWT', kid: 'arn:aws:ivs:us-west-2:123456789012:public-key/abcdABCDefgh' },
    { typ: 'JWT' },
    [],
    null,
    'KMS',
  ];
  for (const other of headers) await assert.rejects(check(forge(other, payload)), malformed, inspect(other));
});

test('a signature in another form than DER is malformed', async () => {
  const signed = `${encode(header)}.${encode(payload)}`;
  const raw = sign('sha384', Buffer.from(signed), { key: signingKey.privateKey, dsaEncoding: 'ieee-p1363' });
  await assert.rejects(check(`${signed}.${raw.toString('base64url')}`), malformed);
});

test('a well signed token without sense is malformed', async () => {
  const payloads = [
    { ...payload, exp: undefined },
    { ...payload, exp: '1795298400' },
    { ...payload, exp: 1.5 },
    { ...payload, iat: 'yesterday' },
    { ...payload, jti: '' },
    { ...payload, jti: 'a b' },
    { ...payload, jti: 'x'.repeat(65) },
    { ...payload, resource: 'stage/Fr1dayShow01' },
    { ...payload, resource: 'arn:aws:ivs:us-west-2:123456789012:channel/Fr1dayShow01' },
    { ...payload, topic: undefined },
    { ...payload, user_id: 7 },
    { ...payload, attributes: { seat: 12 } },
    { ...payload, attributes: ['seat'] },
    { ...payload, capabilities: undefined },
    { ...payload, capabilities: 'publish' },
    null,
    [],
    7,
  ];
  for (const other of payloads) await assert.rejects(check(forge(header, other)), malformed, inspect(other));
});

test('a token whose resource and topic are two stages names none', async () => {
  await assert.rejects(check(forge(header, { ...payload, topic: 'MondayShow01' })), { name: 'TokenRefusal', code: 9 });
});

test('what is no token at all is malformed', async () => {
  const good = forge(header, payload);
  const [first, second, third] = good.split('.');
  const texts = ['', 'x', '..', 'a.b.c', `${first}.${second}`, `${first}.${second}.`, `${good}.`, `${good}=`];
  texts.push(` ${good}`, `${good}\n`, `${first}.${Buffer.from('{').toString('base64url')}.${third}`);
  for (const text of texts) await assert.rejects(check(text), malformed, text);
});

test('a token over 12 KiB is not looked at', async () => {
  await assert.rejects(check(forge(header, { ...payload, attributes: { k: 'x'.repeat(12_288) } })), malformed);
});

test('a refusal tells nothing of the token', async () => {
  const good = forge(header, payload);
  const broken = `${encode(header)}.${Buffer.from('{"jti":"pHostAAAA001"').toString('base64url')}.AAAA`;
  for (const token of [good.slice(0, -1), broken, forge(header, { ...payload, exp: 1 })]) {
    const refusal = await check(token).then(() => assert.fail('it was let in'), String.bind(null));
    const shown = inspect(await check(token).catch((error: unknown) => error), { depth: null }) + refusal;
    for (const part of [...token.split('.'), 'pHostAAAA001']) assert.equal(shown.includes(part), false);
  }
});

test('tokens outlive a restart', async (t) => {
  const store = await openTestStore(t);
  const { token } = await issueParticipantToken({ stage, endpoints, signingKey: await loadSigningKey(store), clock });
  const key = await loadSigningKey(store);
  assert.equal(key.privateKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  await verifyParticipantToken(token, { ...verification, serviceKey: key.publicKey });
});

test('a key that an earlier version made on P-384 goes on signing', async (t) => {
  const store = await openTestStore(t);
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-384',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await keepSecret(store, 'token-signing-key', async () => privateKey);
  const signingKey = await loadSigningKey(store);
  const { token } = await issueParticipantToken({ stage, endpoints, signingKey, clock });
  await verifyParticipantToken(token, { ...verification, serviceKey: signingKey.publicKey });
});

test('a participant is let in to its stage alone, and not after it was disconnected or the stage deleted', async (t) => {
  const { call, store } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const ref = { ...scope, stageId: stage.arn.split('/')[1] };
  await admitParticipant(store.db, { stage: ref, participantId: 'p-1' });
  const deleted = { name: 'TokenRefusal', code: 9 };
  for (const other of [
    { ...ref, stageId: 'nowhere' },
    { ...ref, region: 'eu-west-1' },
    { ...ref, account: '210987654321' },
  ]) {
    await assert.rejects(admitParticipant(store.db, { stage: other, participantId: 'p-1' }), deleted);
  }

  await call('DisconnectParticipant', { stageArn: stage.arn, participantId: 'p-1' });
  await assert.rejects(admitParticipant(store.db, { stage: ref, participantId: 'p-1' }), {
    name: 'TokenRefusal',
    code: 10,
  });
  await admitParticipant(store.db, { stage: ref, participantId: 'p-2' });

  await call('DeleteStage', { arn: stage.arn });
  for (const participantId of ['p-1', 'p-2']) {
    await assert.rejects(admitParticipant(store.db, { stage: ref, participantId }), deleted);
  }
});
