import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  CreateStageCommand,
  DisconnectParticipantCommand,
  type Event,
  GetParticipantCommand,
  ImportPublicKeyCommand,
  ListParticipantEventsCommand,
  ListStageSessionsCommand,
} from '@aws-sdk/client-ivs-realtime';
import { toMaterial } from '../public-keys/public-key.fixture.ts';
import { TestServer } from '../running-server.fixture.ts';
import { selfSignedHeader, signToken } from '../tokens/self-signed-token.fixture.ts';
import { until } from '../until.fixture.ts';
import { publishOffer } from './offer.fixture.ts';
import { type ClientSocket, StageClient } from './stage-client.fixture.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const everything = { allow_publish: true, allow_subscribe: true };

let server: TestServer;
let kid: string;
let stageArn: string;
/** Of every token, apart from its participant. */
let claims: object;

function bearer(jti: string, changed: object = {}): StageClient {
  return new StageClient(signToken(selfSignedHeader(kid), { ...claims, jti, ...changed }, privateKey));
}

async function sessionId(): Promise<string> {
  const { stageSessions = [] } = await server.client.send(new ListStageSessionsCommand({ stageArn }));
  return stageSessions[0]?.sessionId ?? '';
}

/** Oldest first. */
async function eventsOf(participantId: string): Promise<Event[]> {
  const command = new ListParticipantEventsCommand({
    stageArn,
    sessionId: await sessionId(),
    participantId,
    maxResults: 100,
  });
  return ((await server.client.send(command)).events ?? []).reverse();
}

async function participantOf(participantId: string) {
  const command = new GetParticipantCommand({ stageArn, sessionId: await sessionId(), participantId });
  return (await server.client.send(command)).participant;
}

async function joined(client: StageClient): Promise<ClientSocket> {
  const socket = client.connect();
  await socket.state((participants) => participants.some(({ id }) => id === client.id));
  return socket;
}

before(async () => {
  server = await TestServer.start();
  const command = new ImportPublicKeyCommand({ publicKeyMaterial: toMaterial(publicKey) });
  kid = (await server.client.send(command)).publicKey?.arn ?? '';
});

after(async () => {
  await server.close();
});

beforeEach(async () => {
  const { stage } = await server.client.send(new CreateStageCommand());
  stageArn = stage?.arn ?? '';
  const now = Math.floor(Date.now() / 1_000);
  claims = {
    exp: now + 3_600,
    iat: now,
    resource: stageArn,
    topic: stageArn.split('/')[1],
    events_url: stage?.endpoints?.events,
    whip_url: stage?.endpoints?.whip,
    capabilities: everything,
    version: '1.0',
  };
});

describe('a token that a participant exchanges', () => {
  it('is confirmed, and what it grants is there', async () => {
    const viewing = { capabilities: { allow_subscribe: true } };
    const ann = bearer('ann-1', viewing);
    const socket = await joined(ann);
    assert.equal((await ann.publish(publishOffer)).status, 403);
    const host = bearer('ann-1', { user_id: 'ann', attributes: { role: 'host' } });
    await socket.send('TOKEN_EXCHANGE', { exchangeId: 7, token: host.token });
    assert.deepEqual(await socket.next('TOKEN_EXCHANGED'), { exchangeId: 7 });
    assert.equal((await host.publish(publishOffer)).status, 201);
    assert.equal((await ann.publish(publishOffer)).status, 201, 'the token before counts as the new one');

    await socket.send('TOKEN_EXCHANGE', { exchangeId: 8, token: ann.token });
    await socket.next('TOKEN_EXCHANGED');
    assert.equal((await host.publish(publishOffer)).status, 403);
    const [first, second] = (await eventsOf('ann-1')).filter(({ name }) => name === 'TOKEN_EXCHANGED');
    assert.deepEqual(first?.newToken, second?.previousToken);
    assert.deepEqual(second?.newToken?.capabilities, ['SUBSCRIBE']);
    socket.crash();
  });

  it('puts its participant out when it is refused, or no token at all', async () => {
    const forged = bearer('ann-1').token.slice(0, -4);
    for (const token of [`${forged}AAAA`, 'rubbish', '', bearer('bob-1').token, 'x'.repeat(60_000)]) {
      const socket = await joined(bearer('ann-1'));
      await socket.send('TOKEN_EXCHANGE', { exchangeId: 1, token });
      assert.deepEqual(await socket.closed, { code: 4103, reason: 'failed-exchange' });
    }
    const names = (await eventsOf('ann-1')).map(({ name }) => name);
    assert.deepEqual(new Set(names), new Set(['JOINED', 'LEFT']));
  });

  it('has to come in a message of the right shape', async () => {
    for (const payload of [undefined, {}, { exchangeId: 1 }, { token: 'x' }, { exchangeId: '1', token: 'x' }]) {
      const socket = await joined(bearer('ann-1'));
      await socket.send('TOKEN_EXCHANGE', payload);
      assert.equal((await socket.closed).code, 1008);
    }
  });

  it('cannot be one that the service has made, nor take the place of such a one', async () => {
    const { participantTokens = [] } = await server.client.send(
      new CreateStageCommand({ participantTokenConfigurations: [{}] }),
    );
    const made = new StageClient(participantTokens[0]?.token ?? '');
    const socket = await joined(made);
    await socket.send('TOKEN_EXCHANGE', { exchangeId: 1, token: made.token });
    assert.equal((await socket.closed).code, 4103);
  });

  it('counts in the end when fifty participants exchange theirs again and again, come back, leave and are put out', async () => {
    const rounds = 6;
    const ids = Array.from({ length: 50 }, (_, place) => `p-${place}`);
    const roles = [{ allow_subscribe: true }, everything, { allow_publish: true }];
    const tokenOf = (id: string, round: number) =>
      bearer(id, { attributes: { round: String(round) }, capabilities: roles[round % roles.length] });
    const exchange = (socket: ClientSocket, id: string, round: number) =>
      socket.send('TOKEN_EXCHANGE', { exchangeId: round, token: tokenOf(id, round).token });

    const takePart = async (id: string, place: number): Promise<'CONNECTED' | 'DISCONNECTED'> => {
      let socket = await joined(tokenOf(id, 0));
      for (let round = 1; round < rounds; round += 1) await exchange(socket, id, round);
      switch (place % 5) {
        case 0: // publishes meanwhile, be that allowed just now or not
          await tokenOf(id, rounds).publish(publishOffer);
          break;
        case 1: // loses its connection, and does not know which of them has got through
          socket.crash();
          socket = await joined(tokenOf(id, rounds - 1));
          break;
        case 2:
          await socket.send('LEAVE');
          await socket.closed;
          return 'DISCONNECTED';
        case 3:
          await server.client.send(new DisconnectParticipantCommand({ stageArn, participantId: id }));
          await socket.closed;
          return 'DISCONNECTED';
      }
      await exchange(socket, id, rounds);
      while ((await socket.next<{ exchangeId: number }>('TOKEN_EXCHANGED')).exchangeId < rounds);
      return 'CONNECTED';
    };
    const states = await Promise.all(ids.map(takePart));

    for (const [place, id] of ids.entries()) {
      const expected = states[place];
      const participant = await until(
        () => participantOf(id),
        (found) => found?.state === expected,
      );
      const events = await eventsOf(id);
      const names = events.map(({ name }) => name);
      const exchanged = events.filter(({ name }) => name === 'TOKEN_EXCHANGED');
      const tokens = exchanged.map(({ previousToken, newToken }) => [previousToken, newToken]);
      for (const [index, [previous]] of tokens.entries()) {
        if (index > 0) assert.deepEqual(previous, tokens[index - 1]?.[1], `${id} ${names}`);
      }
      const last = exchanged.at(-1)?.newToken?.attributes?.round;
      if (expected === 'CONNECTED') assert.equal(last, String(rounds));
      else assert.equal(names.at(-1), 'LEFT');
      assert.equal(participant?.attributes?.round, last ?? '0');
      assert.equal(names.filter((name) => name === 'JOINED').length, 1);
    }
  });
});
