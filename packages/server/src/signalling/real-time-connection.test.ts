import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  CreateStageCommand,
  DeleteStageCommand,
  DisconnectParticipantCommand,
  GetStageCommand,
  ListParticipantEventsCommand,
} from '@aws-sdk/client-ivs-realtime';
import { sign } from '../identity/signer.fixture.ts';
import { TestServer } from '../running-server.fixture.ts';
import { ConnectionClient } from './connection-client.fixture.ts';
import { CustomerSigner } from './customer-signer.fixture.ts';
import { publishOffer } from './offer.fixture.ts';
import { type ClientSocket, StageClient } from './stage-client.fixture.ts';

const REVOKED = { code: 4104, reason: 'real-time-connection-token-revocation' };

let server: TestServer;
let signer: CustomerSigner;
let stageArns: string[];
let opened: ConnectionClient[];
let tokens = 0;

function newTokenId(): string {
  tokens += 1;
  return `phone-${tokens}`;
}

function connect(token = signer.connectionToken(newTokenId())): ConnectionClient {
  const connection = new ConnectionClient(signer.eventsUrl, token);
  opened.push(connection);
  return connection;
}

/** A participant of one of the two stages. */
function participant(id: string, stage = 0): StageClient {
  return new StageClient(signer.participantToken(stageArns[stage] ?? '', id));
}

async function inside(socket: ClientSocket, count = 1): Promise<void> {
  await socket.state((participants) => participants.length === count);
}

async function answers(connection: ConnectionClient): Promise<void> {
  await connection.socket.send('PING');
  await connection.socket.next('PONG');
}

async function revoke(tokenId: string, region?: string): Promise<void> {
  const { endpoint } = server.running;
  const headers = { host: new URL(endpoint).host, 'content-type': 'application/json' };
  const request = { method: 'POST', path: '/RevokeConnectionToken', headers, body: JSON.stringify({ tokenId }) };
  const signed = await sign(request, region ? { region } : {});
  const { method, body } = signed;
  const response = await fetch(`${endpoint}${signed.url}`, { method, headers: signed.headers, body });
  assert.equal(response.status, 200);
}

/** What happened last is written while the client is told of it already: waits until it can be read. */
async function untilEvents({ id: participantId }: StageClient, expected: readonly string[], stage = 0): Promise<void> {
  const arn = stageArns[stage];
  const { activeSessionId: sessionId } = (await server.client.send(new GetStageCommand({ arn }))).stage ?? {};
  const command = new ListParticipantEventsCommand({ stageArn: arn, sessionId, participantId });
  const read = async () => ((await server.client.send(command)).events ?? []).map(({ name }) => name).reverse();
  let events = await read();
  for (const deadline = Date.now() + 20_000; events.length < expected.length && Date.now() < deadline; ) {
    events = await read();
  }
  assert.deepEqual(events, expected);
}

before(async () => {
  // Whoever leaves at once did not do so because nobody waits for him.
  server = await TestServer.start({ sessionLingerSeconds: 3_600, reconnectGraceSeconds: 3_600 });
  signer = await CustomerSigner.create(server);
});

after(async () => {
  await server.close();
});

beforeEach(async () => {
  opened = [];
  const stages = await Promise.all([1, 2].map(() => server.client.send(new CreateStageCommand())));
  stageArns = stages.map(({ stage }) => stage?.arn ?? '');
});

afterEach(() => {
  for (const connection of opened) connection.crash();
});

describe('a connection token', () => {
  it('opens a connection, which says so first and answers PING', async () => {
    const connection = connect();
    await connection.socket.send('PING');
    await connection.socket.next('CONNECTED');
    await connection.socket.next('PONG');
  });

  it('is refused by a close code for each reason', async () => {
    const tokenId = newTokenId();
    await revoke(tokenId);
    const now = Math.floor(Date.now() / 1_000);
    for (const [token, expected] of [
      [`${signer.connectionToken(newTokenId()).slice(0, -4)}AAAA`, { code: 4053, reason: 'TOKEN_MALFORMED' }],
      [signer.connectionToken(newTokenId(), { exp: now - 1 }), { code: 4054, reason: 'TOKEN_EXPIRED' }],
      [signer.connectionToken(tokenId), REVOKED],
      [participant('ann').token, { code: 4053, reason: 'TOKEN_MALFORMED' }],
    ] as const) {
      assert.deepEqual(await connect(token).closed, expected);
    }
  });

  it('joins no stage by itself', async () => {
    const client = new StageClient(signer.connectionToken(newTokenId()));
    assert.deepEqual(await client.connect(stageArns[0]?.split('/')[1]).closed, {
      code: 4001,
      reason: 'TOKEN_MALFORMED',
    });
  });

  it('may open several connections, and whoever is on any of them is put out when it is revoked', async () => {
    const tokenId = newTokenId();
    const token = signer.connectionToken(tokenId);
    const [first, second, other] = [connect(token), connect(token), connect()];
    const [ann, ben, cy, dee] = [participant('ann'), participant('ben', 1), participant('cy'), participant('dee')];
    const sockets = [first.join(ann), first.join(ben), second.join(cy), other.join(dee)] as const;
    await Promise.all([inside(sockets[0], 3), inside(sockets[1]), inside(sockets[2], 3), inside(sockets[3], 3)]);
    await ann.publish(publishOffer);

    await revoke(tokenId, 'eu-west-1');
    await revoke(newTokenId());
    await answers(first);

    await revoke(tokenId);
    for (const socket of sockets.slice(0, 3)) assert.deepEqual(await socket.closed, REVOKED);
    for (const connection of [first, second]) assert.deepEqual(await connection.closed, REVOKED);
    await inside(sockets[3]);
    await untilEvents(ann, ['JOINED', 'LEFT']);
    await untilEvents(ben, ['JOINED', 'LEFT'], 1);
    await answers(other);
    assert.deepEqual(await connect(token).closed, REVOKED);
    // What was taken back is the connection: the participant may come by another way.
    await inside(ann.connect(), 2);
  });

  it('puts also those out by its revocation who have lost their connection, and publish', async () => {
    const tokenId = newTokenId();
    const connection = connect(signer.connectionToken(tokenId));
    const [ann, ben] = [participant('ann'), participant('ben')];
    const watcher = ben.connect();
    await inside(connection.join(ann), 2);
    const { headers } = await ann.publish(publishOffer);
    connection.crash();
    await connection.closed;
    await inside(watcher, 2);
    await revoke(tokenId);
    await inside(watcher, 1);
    assert.equal((await ann.delete(headers.get('location') ?? '')).status, 404);
    watcher.crash();
  });

  it('has no say any more about who has come back by another way', async () => {
    const tokenId = newTokenId();
    const connection = connect(signer.connectionToken(tokenId));
    const ann = participant('ann');
    await inside(connection.join(ann, 'a-page'));
    const socket = ann.connect(`${ann.payload.topic}?client=a-page`);
    await inside(socket);
    await revoke(tokenId);
    await socket.send('PING');
    await socket.next('PONG');
    socket.crash();
  });
});

describe('a real-time connection', () => {
  it('carries several stages, each of which comes and goes by itself', async () => {
    const connection = connect();
    const [ann, ben] = [participant('ann'), participant('ann', 1)];
    const [first, second] = [connection.join(ann), connection.join(ben)];
    await Promise.all([inside(first), inside(second)]);
    await first.send('LEAVE');
    assert.deepEqual(await first.closed, { code: 1000, reason: 'user-initiated' });
    await second.send('PING');
    await second.next('PONG');
    const again = connection.join(ann);
    await inside(again);
    await untilEvents(ann, ['JOINED', 'LEFT', 'JOINED']);
    await untilEvents(ben, ['JOINED'], 1);
  });

  it('loses only the stage that is refused or ended', async () => {
    const connection = connect();
    const [ann, thrown, gone] = [participant('ann'), participant('thrown'), participant('gone', 1)];
    const [kept, disconnected, deleted] = [connection.join(ann), connection.join(thrown), connection.join(gone)];
    await Promise.all([inside(kept, 2), inside(disconnected, 2), inside(deleted)]);
    const command = new DisconnectParticipantCommand({ stageArn: stageArns[0], participantId: 'thrown' });
    await server.client.send(command);
    assert.deepEqual(await disconnected.closed, { code: 4100, reason: 'participant-disconnected' });
    await server.client.send(new DeleteStageCommand({ arn: stageArns[1] }));
    assert.deepEqual(await deleted.closed, { code: 4101, reason: 'stage-deleted' });
    assert.deepEqual(await connection.join(thrown).closed, { code: 4010, reason: 'PARTICIPANT_DISCONNECTED' });
    assert.deepEqual(await connection.join(gone).closed, { code: 4009, reason: 'STAGE_DELETED' });
    const tampered = new StageClient(`${ann.token.slice(0, -4)}AAAA`);
    assert.deepEqual(await connection.join(tampered).closed, { code: 4001, reason: 'TOKEN_MALFORMED' });
    await kept.send('PING');
    await kept.next('PONG');
  });

  it('lets the token of one stage be exchanged, or puts its bearer out of that stage alone', async () => {
    const connection = connect();
    const [ann, ben] = [participant('ann'), participant('ben', 1)];
    const [first, second] = [connection.join(ann), connection.join(ben)];
    await Promise.all([inside(first), inside(second)]);
    const next = signer.participantToken(stageArns[0] ?? '', 'ann', { attributes: { role: 'host' } });
    await first.send('TOKEN_EXCHANGE', { exchangeId: 1, token: next });
    await first.next('TOKEN_EXCHANGED');
    await first.send('TOKEN_EXCHANGE', { exchangeId: 2, token: ben.token });
    assert.deepEqual(await first.closed, { code: 4103, reason: 'failed-exchange' });
    await second.send('PING');
    await second.next('PONG');
  });

  it('joins no stages of another region or account', async () => {
    const abroad = server.clientFor('eu-west-1');
    const { participantTokens = [] } = await abroad.send(
      new CreateStageCommand({ participantTokenConfigurations: [{}] }),
    );
    abroad.destroy();
    const stranger = new StageClient(participantTokens[0]?.token ?? '');
    const connection = connect();
    assert.deepEqual(await connection.join(stranger).closed, { code: 4008, reason: 'TOKEN_NOT_ALLOWED' });
    await answers(connection);
  });

  it('that is lost keeps its participants for the grace time: coming back by another is no second join', async () => {
    const token = signer.connectionToken(newTokenId());
    const [ann, ben] = [participant('ann'), participant('ben', 1)];
    const lost = connect(token);
    await Promise.all([inside(lost.join(ann, 'a-page')), inside(lost.join(ben, 'another-page'))]);
    lost.crash();
    const next = connect(token);
    await Promise.all([inside(next.join(ann, 'a-page')), inside(next.join(ben, 'another-page'))]);
    await untilEvents(ann, ['JOINED']);
    await untilEvents(ben, ['JOINED'], 1);
  });

  it('counts as any other socket of the participant: the later one wins', async () => {
    const ann = participant('ann');
    const own = ann.connect();
    await inside(own);
    const [first, second] = [connect(), connect()];
    const channel = first.join(ann);
    assert.deepEqual(await own.closed, { code: 4102, reason: 'token-reused' });
    await inside(channel);
    await inside(second.join(ann));
    assert.deepEqual(await channel.closed, { code: 4102, reason: 'token-reused' });
    await answers(first);
  });

  it('takes 32 stages at a time', async () => {
    const connection = connect();
    await answers(connection);
    const sockets = Array.from({ length: 32 }, (_, index) => connection.join(participant(`p-${index}`)));
    await Promise.all(sockets.map((socket) => inside(socket, 32)));
    const refused = { code: 1008, reason: 'too many stages on one connection' };
    assert.deepEqual(await connection.join(participant('late')).closed, refused);
    await sockets[7]?.send('LEAVE');
    await sockets[7]?.closed;
    await inside(connection.join(participant('late')), 32);
  });

  it('closes a channel alone on which too much is said before the join', async () => {
    const connection = connect();
    await answers(connection);
    const early = connection.join(participant('ann'));
    for (let count = 0; count < 100; count += 1) await early.send('PING');
    assert.deepEqual(await early.closed, { code: 1008, reason: 'too many messages' });
    await answers(connection);
  });

  it('closes a channel alone on which too much is said after the join', async () => {
    const connection = connect();
    const [first, second] = [connection.join(participant('ann')), connection.join(participant('ben', 1))];
    await Promise.all([inside(first), inside(second)]);
    for (let count = 0; count < 1_001; count += 1) await first.send('PING');
    assert.deepEqual(await first.closed, { code: 1008, reason: 'too many messages' });
    await second.send('PING');
    await second.next('PONG');
  });

  for (const [what, text] of [
    ['no JSON', 'hello'],
    ['no type', '{"channel":1}'],
    ['a channel that is no number', '{"type":"LEAVE","channel":"1"}'],
    ['a channel that is no whole number', '{"type":"LEAVE","channel":1.5}'],
    ['no token to join with', '{"type":"JOIN","channel":1,"payload":{}}'],
    ['an odd client', '{"type":"JOIN","channel":1,"payload":{"token":"a.b.c","client":"ä"}}'],
    ['binary', Buffer.from('{"type":"PING"}')],
  ] as const) {
    it(`is closed with 1008 when the client sends ${what}`, async () => {
      const connection = connect();
      await connection.socket.sendText(text);
      assert.equal((await connection.closed).code, 1008);
    });
  }

  it('is closed with 1008 when a channel is opened twice, and everybody on it is waited for', async () => {
    const connection = connect();
    const ann = participant('ann');
    await inside(connection.join(ann, undefined, 3));
    connection.join(participant('ben'), undefined, 3);
    assert.deepEqual(await connection.closed, { code: 1008, reason: 'a channel is opened twice' });
    await inside(connect().join(ann));
    await untilEvents(ann, ['JOINED']);
  });

  it('passes over what it does not know, and what comes late for a channel', async () => {
    const connection = connect();
    for (const type of ['FUTURE', 'LEAVE', 'MUTE']) await connection.socket.send(type);
    for (const type of ['CLOSE', 'LEAVE', '__proto__']) {
      await connection.socket.sendText(JSON.stringify({ type, channel: 7 }));
    }
    await answers(connection);
  });
});

describe('a server that drains', () => {
  it('keeps connections with a stage, has those without one go elsewhere, and is not held up by any', async () => {
    const other = await TestServer.start();
    const signs = await CustomerSigner.create(other);
    const newStage = async () => (await other.client.send(new CreateStageCommand())).stage?.arn ?? '';
    const bearer = async () => new StageClient(signs.participantToken(await newStage(), 'ann'));
    const open = () => new ConnectionClient(signs.eventsUrl, signs.connectionToken(newTokenId()));
    const [busy, idle, turnedAway] = [open(), open(), open()];
    const stays = busy.join(await bearer());
    await inside(stays);
    await Promise.all([idle, turnedAway].map(({ socket }) => socket.next('CONNECTED')));

    other.running.drain('a test');
    assert.equal((await turnedAway.join(await bearer()).closed).code, 1001);
    assert.equal((await turnedAway.closed).code, 1001);
    assert.equal((await busy.join(await bearer()).closed).code, 1001);
    await answers(busy);
    await answers(idle);
    await stays.send('LEAVE');
    await other.running.drained;
    for (const { closed } of [busy, idle]) assert.equal((await closed).code, 1001);
    assert.equal((await open().closed).code, 1006);
    await other.close();
  });
});

describe('a server that stops', () => {
  it('says on each channel and to each connection that it goes', async () => {
    const other = await TestServer.start();
    const signs = await CustomerSigner.create(other);
    const { stage } = await other.client.send(new CreateStageCommand());
    const open = () => new ConnectionClient(signs.eventsUrl, signs.connectionToken(newTokenId()));
    const [busy, idle] = [open(), open()];
    const socket = busy.join(new StageClient(signs.participantToken(stage?.arn ?? '', 'ann')));
    await Promise.all([inside(socket), idle.socket.next('CONNECTED')]);
    await other.close();
    for (const { closed } of [socket, busy, idle]) assert.equal((await closed).code, 1001);
  });
});
