import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { toMaterial } from '../public-keys/public-key.fixture.ts';
import { exchangeParticipantToken } from './exchange-participant-token.ts';
import { selfSignedHeader, signToken } from './self-signed-token.fixture.ts';
import { verifyParticipantToken } from './verify-participant-token.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
/** The time of the control plane's clock, in seconds. */
const now = Date.parse('2026-11-21T20:00:00Z') / 1_000;
const hour = 60 * 60;

const payload = {
  exp: now + hour,
  iat: now,
  jti: 'viewer-000017',
  resource: 'arn:aws:ivs:us-west-2:123456789012:stage/Fr1dayShow01',
  topic: 'Fr1dayShow01',
  events_url: 'wss://stages.example.com/events',
  whip_url: 'https://stages.example.com/whip/Fr1dayShow01',
  user_id: 'ann',
  attributes: { seat: '12' },
  capabilities: { allow_subscribe: true },
  version: '1.0',
};

const notAllowed = { name: 'TokenRefusal', code: 8 };
const malformed = { name: 'TokenRefusal', code: 1 };
const expired = { name: 'TokenRefusal', code: 2 };

/** Whoever has joined with the payload, and what he may exchange his token for. */
async function openExchange(t: TestContext) {
  const plane = await openControlPlane(t);
  const { publicKey: imported } = await plane.call('ImportPublicKey', { publicKeyMaterial: toMaterial(publicKey) });
  const header = selfSignedHeader(imported.arn);
  const tokenOf = (claims: unknown) => signToken(header, claims, privateKey);
  const present = await verifyParticipantToken(tokenOf(payload), plane.verification);
  const exchange = (token: string, before = present) => exchangeParticipantToken(before, token, plane.verification);
  return { ...plane, arn: imported.arn as string, header, present, tokenOf, exchange };
}

test('an exchange may change attributes, user id, capabilities and times', async (t) => {
  const { tokenOf, exchange } = await openExchange(t);
  const next = {
    ...payload,
    iat: now - 60,
    exp: now + 2 * hour,
    user_id: 'ann the host',
    attributes: { role: 'host' },
    capabilities: { allow_publish: true },
  };
  const { stage, expiresAt, issuedAt, endpoints, ...claims } = await exchange(tokenOf(next));
  assert.deepEqual(claims, {
    participantId: 'viewer-000017',
    userId: 'ann the host',
    attributes: { role: 'host' },
    capabilities: { publish: true, subscribe: false },
    selfSigned: true,
  });
  assert.deepEqual(expiresAt, new Date((now + 2 * hour) * 1_000));
});

test('what makes a token one for the same participant of the same stage must stay', async (t) => {
  const { tokenOf, exchange } = await openExchange(t);
  const changes = [
    { jti: 'viewer-000018' },
    { topic: 'MondayShow01', resource: 'arn:aws:ivs:us-west-2:123456789012:stage/MondayShow01' },
    { events_url: 'wss://elsewhere.example.com/events' },
    { events_url: `${payload.events_url}/` },
    { whip_url: 'https://elsewhere.example.com/whip/Fr1dayShow01' },
  ];
  for (const change of changes) {
    await assert.rejects(exchange(tokenOf({ ...payload, ...change })), notAllowed, inspect(change));
  }
});

test('a token of another region or account is another one, be its key imported there', async (t) => {
  const { call, exchange } = await openExchange(t);
  for (const other of [
    { ...scope, region: 'eu-west-1' },
    { ...scope, account: '210987654321' },
  ]) {
    const { publicKey: imported } = await call('ImportPublicKey', { publicKeyMaterial: toMaterial(publicKey) }, other);
    const resource = `arn:aws:ivs:${other.region}:${other.account}:stage/Fr1dayShow01`;
    const token = signToken(selfSignedHeader(imported.arn), { ...payload, resource }, privateKey);
    await assert.rejects(exchange(token), notAllowed);
  }
});

test('only self-signed tokens can be exchanged, and only for self-signed ones', async (t) => {
  const { call, verification, tokenOf, exchange } = await openExchange(t);
  const { stage, participantTokens } = await call('CreateStage', { participantTokenConfigurations: [{}] });
  const { token, participantId } = participantTokens[0];
  const made = await verifyParticipantToken(token, verification);
  const { events: events_url, whip: whip_url } = stage.endpoints;
  const own = { jti: participantId, resource: stage.arn, topic: stage.arn.split('/')[1], events_url, whip_url };
  const ownToken = tokenOf({ ...payload, ...own });
  await assert.rejects(exchange(ownToken, made), notAllowed);
  await assert.rejects(exchange(token, await verifyParticipantToken(ownToken, verification)), notAllowed);
  await assert.rejects(exchange(token, made), notAllowed);
});

test('the new token has to be as good as one that joins', async (t) => {
  const { call, arn, header, tokenOf, exchange, clock } = await openExchange(t);
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  await assert.rejects(exchange('no token'), malformed);
  await assert.rejects(exchange(signToken(header, payload, stranger.privateKey)), malformed);
  await assert.rejects(exchange(tokenOf({ ...payload, exp: now })), expired);
  await assert.rejects(exchange(tokenOf({ ...payload, exp: now + 15 * 24 * hour })), malformed);
  await assert.rejects(exchange(tokenOf({ ...payload, attributes: { a: 'x'.repeat(1_024) } })), malformed);
  await assert.rejects(exchange(tokenOf({ ...payload, user_id: 'x'.repeat(129) })), malformed);
  await assert.rejects(exchange(tokenOf({ ...payload, capabilities: undefined })), malformed);

  const later = tokenOf({ ...payload, exp: now + 3 * hour });
  clock.advance(2 * hour * 1_000);
  await exchange(later); // the present one has expired meanwhile
  await call('DeletePublicKey', { arn });
  await assert.rejects(exchange(later), malformed);
});
