import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { StageErrorCode } from '../signalling/close-codes.ts';
import { publishOffer } from '../signalling/offer.fixture.ts';
import { openSocketPair, type SocketPair } from '../signalling/socket-pair.fixture.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { TokenRefusal } from '../tokens/token-refusal.ts';
import { until } from '../until.fixture.ts';
import { readClientData } from './client-data.ts';
import { listEvents } from './participant-event-table.ts';
import { findParticipant } from './participant-table.ts';
import { openStage } from './registry.fixture.ts';
import { findRunningSession } from './stage-session-table.ts';

const client = readClientData({});

interface Told {
  readonly type: string;
  readonly payload: {
    readonly exchangeId?: number;
    readonly participants?: { id: string; userId: string; attributes: object; capabilities: string[] }[];
    readonly errorCode?: string;
  };
}

/** A client's end of its socket: what it has been told so far. */
function listen({ client: webSocket }: SocketPair): Told[] {
  const told: Told[] = [];
  webSocket.on('message', (data) => told.push(JSON.parse(data.toString())));
  return told;
}

/**
 * A stage whose participants may exchange their tokens for what stands in the new one: claims as JSON, or `bad`. An
 * exchange is looked at once it is let through.
 */
async function openExchanges(t: TestContext, { gated = false } = {}) {
  const gates: (() => void)[] = [];
  const exchange = async (present: ParticipantClaims, token: string): Promise<ParticipantClaims> => {
    if (gated) await new Promise<void>((resolve) => gates.push(resolve));
    if (token === 'bad') throw new TokenRefusal(StageErrorCode.TOKEN_NOT_ALLOWED);
    if (token === 'unlucky') throw new Error('the disk is full');
    return { ...present, ...JSON.parse(token, (name, value) => (name.endsWith('At') ? new Date(value) : value)) };
  };
  const running = await openStage(t, { exchange });
  const live = running.registry.stage(running.stage);
  const signedClaims = (participantId: string): ParticipantClaims => ({
    ...running.claimsOf(participantId),
    selfSigned: true,
    issuedAt: running.clock.now(),
  });
  const join = async (participantId: string, claims: Partial<ParticipantClaims> = {}) => {
    const pair = await openSocketPair(t);
    const told = listen(pair);
    await live.connect({ ...signedClaims(participantId), ...claims }, client, pair.socket);
    const say = (type: string, payload?: object) => pair.client.send(JSON.stringify({ type, payload }));
    let exchangeId = 0;
    const offer = (token: string | Partial<ParticipantClaims>) => {
      exchangeId += 1;
      say('TOKEN_EXCHANGE', { exchangeId, token: typeof token === 'string' ? token : JSON.stringify(token) });
      return exchangeId;
    };
    const confirmed = (id: number) =>
      until(
        () => told,
        (all) => all.some(({ type, payload }) => type === 'TOKEN_EXCHANGED' && payload.exchangeId === id),
      );
    return { ...pair, told, say, offer, confirmed };
  };
  const letThrough = async () => {
    (
      await until(
        () => gates.shift(),
        (gate) => gate !== undefined,
      )
    )?.();
  };
  const session = async () => (await findRunningSession(running.store.db, running.stage))?.sessionId ?? '';
  const eventsOf = async (participantId: string) => {
    await running.registry.write(running.stage, async () => {}); // comes after whatever the stage had to write
    const slice = { before: Number.MAX_SAFE_INTEGER, limit: 100 };
    const rows = await listEvents(running.store.db, running.stage, await session(), participantId, slice);
    return rows.map(({ event }) => event).reverse();
  };
  const recordOf = async (participantId: string) => {
    await running.registry.write(running.stage, async () => {});
    return findParticipant(running.store.db, running.stage, await session(), participantId);
  };
  return { ...running, live, join, signedClaims, letThrough, session, eventsOf, recordOf };
}

const names = (events: readonly { name?: string | undefined }[]) => events.map(({ name }) => name);
const mayNothing = { publish: false, subscribe: false };
const viewing = { publish: false, subscribe: true };

test('a new token is written down at once: in the record, as an event, and for all the world', async (t) => {
  const { join, eventsOf, recordOf, events: told, clock, session } = await openExchanges(t);
  const issuedAt = clock.now();
  const ann = await join('p-1', { userId: 'ann', attributes: { role: 'viewer' }, capabilities: viewing });
  clock.advance(1_500);
  const next = { userId: 'ann', attributes: { role: 'host' }, capabilities: { publish: true, subscribe: true } };
  await ann.confirmed(ann.offer(next));
  const previousToken = {
    capabilities: ['SUBSCRIBE'],
    attributes: { role: 'viewer' },
    userId: 'ann',
    expirationTime: new Date(issuedAt.getTime() + 3_600_000),
  };
  const newToken = { ...previousToken, capabilities: ['PUBLISH', 'SUBSCRIBE'], attributes: { role: 'host' } };
  assert.deepEqual((await eventsOf('p-1')).at(-1), {
    name: 'TOKEN_EXCHANGED',
    participantId: 'p-1',
    eventTime: clock.now(),
    replica: false,
    previousToken,
    newToken,
  });
  const record = await recordOf('p-1');
  assert.deepEqual([record?.userId, record?.attributes, record?.state], ['ann', { role: 'host' }, 'CONNECTED']);
  const detail = (role: string, capabilities: string[]) => ({
    capabilities,
    attributes: { role },
    user_id: 'ann',
    expiration_time: '2026-11-21T21:00:00Z',
  });
  assert.deepEqual(told.at(-1)?.detail, {
    event_name: 'Token Exchanged',
    event_time: '2026-11-21T20:00:01.500Z',
    event_time_precise: '2026-11-21T20:00:01.500000Z',
    session_id: await session(),
    user_id: 'ann',
    participant_id: 'p-1',
    previous_token: detail('viewer', ['SUBSCRIBE']),
    new_token: detail('host', ['PUBLISH', 'SUBSCRIBE']),
  });
});

test('whoever does not publish is shown to others as before, until it publishes', async (t) => {
  const { join, recordOf } = await openExchanges(t);
  const ann = await join('p-1', { userId: 'ann' });
  const bob = await join('p-2');
  await ann.confirmed(ann.offer({ userId: 'anna', attributes: { role: 'host' } }));
  const carl = await join('p-3');
  const shown = await until(
    () => [bob, carl].map(({ told }) => told.at(-1)?.payload.participants?.find(({ id }) => id === 'p-1')),
    (seen) => seen.every((participant) => participant !== undefined) && bob.told.length > 1,
  );
  for (const participant of shown) {
    assert.deepEqual([participant?.userId, participant?.attributes], ['ann', {}]);
  }
  assert.equal((await recordOf('p-1'))?.userId, 'anna');
});

test('a publish ends when the new token does not let it go on, whichever client of the participant made it', async (t) => {
  const { join, live, signedClaims, registry, stage } = await openExchanges(t);
  const ann = await join('p-1');
  const { resourceId } = await live.publish(signedClaims('p-1'), client, publishOffer);
  const elsewhere = await live.publish(signedClaims('p-1'), client, publishOffer);
  assert.equal(registry.findResource(stage, 'p-1', resourceId), undefined);
  assert.ok(registry.findResource(stage, 'p-1', elsewhere.resourceId));
  await ann.confirmed(ann.offer({ capabilities: { publish: true, subscribe: false } }));
  assert.ok(registry.findResource(stage, 'p-1', elsewhere.resourceId), 'it goes on while it may');
  await ann.confirmed(ann.offer({ capabilities: viewing }));
  assert.equal(registry.findResource(stage, 'p-1', elsewhere.resourceId), undefined);
  assert.equal(ann.socket.live, true);
});

test('a publish that is being set up is refused when the token is exchanged meanwhile', async (t) => {
  const { join, live, signedClaims, eventsOf } = await openExchanges(t);
  const ann = await join('p-1');
  const publishing = live.publish(signedClaims('p-1'), client, publishOffer);
  // As if it had come over the socket: counts before the media's worker can have answered.
  const token = JSON.stringify({ capabilities: viewing });
  ann.socket.emit('message', { type: 'TOKEN_EXCHANGE', payload: { exchangeId: 1, token } });
  await assert.rejects(publishing, { name: 'StageRefusal', status: 403, code: 8 });
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED', 'TOKEN_EXCHANGED', 'PUBLISH_ERROR']);
  assert.equal(ann.socket.live, true);
});

test('what a token before the new one asks for is judged by the new one; what a later one asks for by itself', async (t) => {
  const { join, live, signedClaims, clock } = await openExchanges(t);
  const old = signedClaims('p-1');
  const refused = { name: 'StageRefusal', status: 403, code: 8 };
  const ann = await join('p-1', { capabilities: viewing });
  await assert.rejects(live.publish({ ...old, capabilities: viewing }, client, publishOffer), refused);
  await live.publish(old, client, publishOffer); // before any exchange each token stands for itself
  clock.advance(10_000);
  const issuedAt = clock.now();
  await ann.confirmed(ann.offer({ issuedAt, capabilities: viewing }));
  await assert.rejects(live.publish(old, client, publishOffer), refused);
  clock.advance(10_000);
  await live.publish({ ...old, issuedAt: clock.now() }, client, publishOffer);
  await ann.confirmed(ann.offer({ issuedAt: clock.now(), capabilities: { publish: true, subscribe: true } }));
  await live.publish({ ...old, capabilities: mayNothing }, client, publishOffer);
});

test('the end of the new token counts for the tokens before it', async (t) => {
  const { join, live, signedClaims, clock } = await openExchanges(t);
  const old = signedClaims('p-1');
  const ann = await join('p-1');
  clock.advance(1_000);
  const soon = new Date(clock.now().getTime() + 60_000);
  await ann.confirmed(ann.offer({ issuedAt: clock.now(), expiresAt: soon }));
  await live.publish(old, client, publishOffer);
  clock.advance(60_000);
  await assert.rejects(live.publish(old, client, publishOffer), { name: 'TokenRefusal', code: 2 });
  assert.equal(ann.socket.live, true, 'whoever is in the stage stays');
  const again = await openSocketPair(t);
  await assert.rejects(live.connect(old, client, again.socket), { name: 'TokenRefusal', code: 2 });
});

test('a token that is refused puts its participant out, with all that it has', async (t) => {
  const { join, live, signedClaims, registry, stage, eventsOf } = await openExchanges(t);
  const bob = await join('p-2');
  const ann = await join('p-1');
  const { resourceId } = await live.publish(signedClaims('p-1'), client, publishOffer);
  ann.offer('bad');
  assert.deepEqual(await ann.closed, { code: 4103, reason: 'failed-exchange' });
  assert.equal(registry.findResource(stage, 'p-1', resourceId), undefined);
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED', 'LEFT']);
  await until(
    () => bob.told.at(-1)?.payload.participants?.map(({ id }) => id),
    (ids) => ids?.join() === 'p-2',
  );
  await join('p-1'); // the token before is as good as ever
});

test('the same token again is confirmed, and nothing has happened', async (t) => {
  const { join, eventsOf } = await openExchanges(t);
  const ann = await join('p-1');
  const next = { userId: 'anna' };
  await ann.confirmed(ann.offer(next));
  await ann.confirmed(ann.offer(next));
  await ann.confirmed(ann.offer({}));
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED', 'TOKEN_EXCHANGED']);
});

test('what is said after an exchange waits for its outcome', async (t) => {
  const { join, letThrough, eventsOf } = await openExchanges(t, { gated: true });
  const ann = await join('p-1', { capabilities: mayNothing });
  await join('p-2');
  ann.offer({ capabilities: viewing });
  const wish = { codecs: ['video/H264'], participants: [{ id: 'p-2', subscribeType: 'AUDIO_VIDEO' }] };
  ann.say('SUBSCRIBE', wish);
  const last = ann.offer({ userId: 'ann' });
  await letThrough();
  await letThrough();
  await ann.confirmed(last);
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED', 'TOKEN_EXCHANGED', 'TOKEN_EXCHANGED']);
  assert.deepEqual(
    ann.told.filter(({ type }) => type !== 'STAGE_STATE').map(({ type, payload }) => [type, payload.exchangeId]),
    [
      ['TOKEN_EXCHANGED', 1],
      ['TOKEN_EXCHANGED', 2],
    ],
  );
});

test('whoever leaves waits for no exchange, and may hang up at once', async (t) => {
  const { join, letThrough, eventsOf } = await openExchanges(t, { gated: true });
  const ann = await join('p-1');
  ann.offer({ userId: 'ann' });
  ann.say('LEAVE');
  ann.client.close();
  await ann.closed;
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED', 'LEFT']);
  await letThrough();
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED', 'LEFT']);
});

test('a wish that came before the capability is served once it is gained, and refused when it is lost', async (t) => {
  const { join } = await openExchanges(t);
  const ann = await join('p-1', { capabilities: mayNothing });
  await join('p-2');
  const refusals = () => ann.told.filter(({ type }) => type === 'SUBSCRIBE_ERROR').length;
  const wish = { codecs: ['video/H264'], participants: [{ id: 'p-2', subscribeType: 'AUDIO_VIDEO' }] };
  ann.say('SUBSCRIBE', wish);
  await until(refusals, (count) => count === 1);
  await ann.confirmed(ann.offer({ capabilities: viewing }));
  ann.say('SUBSCRIBE', wish);
  await ann.confirmed(ann.offer({ userId: 'ann' })); // comes after the wish
  assert.equal(refusals(), 1);
  await ann.confirmed(ann.offer({ capabilities: mayNothing }));
  ann.say('SUBSCRIBE', wish);
  await until(refusals, (count) => count === 2);
});

test('DisconnectParticipant wins over an exchange that is under way', async (t) => {
  const { join, letThrough, registry, stage, eventsOf } = await openExchanges(t, { gated: true });
  const ann = await join('p-1');
  const heard = once(ann.socket, 'message');
  ann.offer({ userId: 'ann' });
  await heard;
  await registry.disconnectParticipant(stage, 'p-1');
  await letThrough();
  assert.deepEqual(await ann.closed, { code: 4100, reason: 'participant-disconnected' });
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED', 'LEFT']);
});

test('an exchange goes with its socket: who comes back has to offer it again', async (t) => {
  const { join, letThrough, eventsOf, recordOf } = await openExchanges(t, { gated: true });
  const ann = await join('p-1');
  const heard = once(ann.socket, 'message');
  ann.offer({ userId: 'lost' });
  await heard;
  const ended = once(ann.socket, 'closed');
  ann.client.terminate();
  await ended;
  const back = await join('p-1');
  await letThrough();
  const offered = back.offer({ userId: 'ann' });
  await letThrough();
  await back.confirmed(offered);
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED', 'TOKEN_EXCHANGED']);
  assert.equal((await recordOf('p-1'))?.userId, 'ann');
});

test('a refusal that comes too late puts nobody out', async (t) => {
  const { join, letThrough, eventsOf } = await openExchanges(t, { gated: true });
  const ann = await join('p-1');
  const heard = once(ann.socket, 'message');
  ann.offer('bad');
  await heard;
  const ended = once(ann.socket, 'closed');
  ann.client.terminate();
  await ended;
  const back = await join('p-1');
  await letThrough();
  const offered = back.offer({});
  await letThrough();
  await back.confirmed(offered);
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED']);
});

test('a failure of the server’s own ends the socket, not the stay', async (t) => {
  const { join, eventsOf } = await openExchanges(t);
  const ann = await join('p-1');
  ann.offer('unlucky');
  assert.deepEqual(await ann.closed, { code: 1011, reason: 'internal error' });
  const back = await join('p-1');
  await back.confirmed(back.offer({ userId: 'ann' }));
  assert.deepEqual(names(await eventsOf('p-1')), ['JOINED', 'TOKEN_EXCHANGED']);
});

test('who exchanges all the time is served in his turn, and everything in its order', async (t) => {
  const { join, eventsOf } = await openExchanges(t);
  const ann = await join('p-1');
  const ids = Array.from({ length: 25 }, (_, place) => ann.offer({ userId: `ann ${place}` }));
  await ann.confirmed(ids.at(-1) ?? 0);
  const told = ann.told.filter(({ type }) => type === 'TOKEN_EXCHANGED').map(({ payload }) => payload.exchangeId);
  assert.deepEqual(told, ids);
  const users = (await eventsOf('p-1')).map(({ newToken }) => newToken?.userId).slice(1);
  assert.deepEqual(
    users,
    ids.map((_, place) => `ann ${place}`),
  );
});
