import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  CreateStageCommand,
  DeletePublicKeyCommand,
  DeleteStageCommand,
  DisconnectParticipantCommand,
  GetParticipantCommand,
  GetStageCommand,
  ImportPublicKeyCommand,
  ListParticipantEventsCommand,
  ListStageSessionsCommand,
} from '@aws-sdk/client-ivs-realtime';
import { TestServer } from '../running-server.fixture.ts';
import { selfSignedHeader, signToken } from '../tokens/self-signed-token.fixture.ts';
import { publishOffer } from './offer.fixture.ts';
import { StageClient } from './stage-client.fixture.ts';

/** A key pair as users make it. */
function createKeyPair(): { privateKey: KeyObject; publicKeyMaterial: string } {
  const folder = mkdtempSync(join(tmpdir(), 'proscenium-keys-'));
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  run('ecparam', '-name', 'secp384r1', '-noout', '-genkey', '-out', 'private.pem');
  run('ec', '-in', 'private.pem', '-pubout', '-out', 'public.pem');
  const privateKey = createPrivateKey(readFileSync(join(folder, 'private.pem')));
  const publicKeyMaterial = readFileSync(join(folder, 'public.pem'), 'utf8');
  rmSync(folder, { recursive: true });
  return { privateKey, publicKeyMaterial };
}

const { privateKey, publicKeyMaterial } = createKeyPair();
const dayS = 24 * 60 * 60;

let server: TestServer;
let kid: string;
let stageArn: string;
let whipUrl: string;
/** Of every token, apart from its participant. */
let claims: object;

async function importKey({ client } = server): Promise<string> {
  const { publicKey } = await client.send(new ImportPublicKeyCommand({ publicKeyMaterial }));
  return publicKey?.arn ?? '';
}

/** A client whose token the customer signed. What is given replaces or adds claims. */
function bearer(jti: string, changed: object = {}, key = kid): StageClient {
  return new StageClient(signToken(selfSignedHeader(key), { ...claims, jti, ...changed }, privateKey));
}

async function refusals(client: StageClient): Promise<unknown[]> {
  const posts = [await client.publish(publishOffer), await client.subscribe('nobody', publishOffer)];
  const answers = [];
  for (const post of posts) answers.push([post.status, ((await post.json()) as { code: number }).code]);
  return [(await client.connect().closed).code, ...answers];
}

async function sessionIds(): Promise<string[]> {
  const { stageSessions = [] } = await server.client.send(new ListStageSessionsCommand({ stageArn }));
  return stageSessions.map(({ sessionId = '' }) => sessionId);
}

/** What happened last is written while the client is told of it already: waits until it can be read. */
async function untilEvents({ id: participantId }: StageClient, expected: readonly string[]): Promise<void> {
  const [sessionId] = await sessionIds();
  const read = async () => {
    const command = new ListParticipantEventsCommand({ stageArn, sessionId, participantId });
    return ((await server.client.send(command)).events ?? []).map(({ name }) => name).reverse();
  };
  let events = await read();
  for (const deadline = Date.now() + 20_000; events.length < expected.length && Date.now() < deadline; ) {
    events = await read();
  }
  assert.deepEqual(events, expected);
}

before(async () => {
  server = await TestServer.start({ sessionLingerSeconds: 3_600 });
  kid = await importKey();
});

after(async () => {
  await server.close();
});

beforeEach(async () => {
  const { stage } = await server.client.send(new CreateStageCommand());
  stageArn = stage?.arn ?? '';
  const now = Math.floor(Date.now() / 1_000);
  whipUrl = stage?.endpoints?.whip ?? '';
  claims = {
    exp: now + dayS,
    iat: now,
    resource: stageArn,
    topic: stageArn.split('/')[1],
    events_url: stage?.endpoints?.events,
    whip_url: whipUrl,
    capabilities: { allow_publish: true, allow_subscribe: true },
    version: '1.0',
  };
});

describe('a self-signed token', () => {
  it('joins by the events socket, as the participant that it says', async () => {
    const ann = bearer('ann-1', { user_id: 'ann', attributes: { seat: '12' } });
    const socket = ann.connect();
    const [first] = await socket.state((participants) => participants.length === 1);
    assert.deepEqual([first?.id, first?.userId], ['ann-1', 'ann']);
    const [sessionId] = await sessionIds();
    const command = new GetParticipantCommand({ stageArn, sessionId, participantId: 'ann-1' });
    const { participant } = await server.client.send(command);
    assert.deepEqual([participant?.userId, participant?.attributes], ['ann', { seat: '12' }]);
    await socket.send('LEAVE');
    await socket.closed;
    await untilEvents(ann, ['JOINED', 'LEFT']);
  });

  it('publishes by WHIP, and ends that', async () => {
    const ann = bearer('ann-1');
    const response = await ann.publish(publishOffer);
    assert.equal(response.status, 201);
    assert.equal((await ann.delete(response.headers.get('location') ?? '')).status, 200);
    await untilEvents(ann, ['JOINED', 'LEFT']);
  });

  it('is sent on from the WHIP address for all stages', async () => {
    const { origin } = new URL(whipUrl);
    const response = await bearer('ann-1').publish(publishOffer, `${origin}/whip`);
    assert.deepEqual([response.status, response.headers.get('location')], [307, whipUrl]);
  });

  it('subscribes by POST', async () => {
    const ann = bearer('ann-1');
    assert.equal((await ann.subscribe('nobody', publishOffer)).status, 404);
    await untilEvents(ann, ['JOINED', 'SUBSCRIBE_ERROR', 'LEFT']);
  });

  it('is one connection: a second socket ends the first', async () => {
    const first = bearer('ann-1').connect();
    await first.state((participants) => participants.length === 1);
    const second = bearer('ann-1').connect();
    assert.deepEqual(await first.closed, { code: 4102, reason: 'token-reused' });
    second.crash();
  });

  it('that is forged is refused at every door, and leaves no trace', async () => {
    const { token } = bearer('ann-1');
    const swapped = kid.replace(/(us-west-2):(\d+)/, '$2:$1');
    const forged = [
      new StageClient(`${token.slice(0, -4)}AAAA`),
      bearer('ann-1', {}, `${kid}x`),
      bearer('ann-1', {}, swapped),
      bearer('ann-1', {}, kid.replace('us-west-2', 'eu-west-1')),
      bearer('ann-1', {}, kid.replace('123456789012', '210987654321')),
    ];
    for (const client of forged) {
      assert.deepEqual(await refusals(client), [4001, [401, 1], [401, 1]]);
    }
    assert.deepEqual(await sessionIds(), []);
  });

  it('that has expired is refused at every door', async () => {
    const expired = { exp: Math.floor(Date.now() / 1_000) - 1 };
    assert.deepEqual(await refusals(bearer('ann-1', expired)), [4002, [401, 2], [401, 2]]);
  });

  it('may only do what it says, and the refusal stands among the events', async () => {
    const viewer = bearer('viewer-1', { capabilities: { allow_subscribe: true } });
    const socket = viewer.connect();
    await socket.state((participants) => participants.length === 1);
    const response = await viewer.publish(publishOffer);
    assert.deepEqual([response.status, ((await response.json()) as { code: number }).code], [403, 8]);
    await untilEvents(viewer, ['JOINED', 'PUBLISH_ERROR']);
    socket.crash();
  });

  it('ends its connection and is refused ever after DisconnectParticipant, under each token of that id', async () => {
    const ann = bearer('ann-1');
    const socket = ann.connect();
    await socket.state((participants) => participants.length === 1);
    await server.client.send(new DisconnectParticipantCommand({ stageArn, participantId: 'ann-1' }));
    assert.deepEqual(await socket.closed, { code: 4100, reason: 'participant-disconnected' });
    for (const client of [ann, bearer('ann-1', { user_id: 'somebody else' })]) {
      assert.deepEqual(await refusals(client), [4010, [403, 10], [403, 10]]);
    }
    assert.equal((await bearer('ann-2').publish(publishOffer)).status, 201);
  });

  it('is worth nothing once its stage is deleted', async () => {
    await server.client.send(new DeleteStageCommand({ arn: stageArn }));
    assert.deepEqual(await refusals(bearer('ann-1')), [4009, [404, 9], [404, 9]]);
  });

  it('of a key in another region reaches no stage here, and nothing that is in it', async (t) => {
    const abroad = server.clientFor('eu-west-1');
    t.after(() => abroad.destroy());
    const { publicKey } = await abroad.send(new ImportPublicKeyCommand({ publicKeyMaterial }));
    const ann = bearer('ann-1');
    const location = (await ann.publish(publishOffer)).headers.get('location') ?? '';
    const resource = stageArn.replace('us-west-2', 'eu-west-1');
    const stranger = bearer('ann-1', { resource }, publicKey?.arn);
    assert.deepEqual(await refusals(stranger), [4009, [404, 9], [404, 9]]);
    assert.equal((await stranger.delete(location)).status, 404);
    assert.equal((await ann.delete(location)).status, 200);
  });

  it('works after a restart of the server, wherever that is then', async () => {
    const ann = bearer('ann-1');
    server = await server.restart();
    const { stage } = await server.client.send(new GetStageCommand({ arn: stageArn }));
    const whip = stage?.endpoints?.whip ?? '';
    assert.notEqual(whip, whipUrl);
    assert.equal((await ann.publish(publishOffer, whip)).status, 201);
  });

  it('of a deleted key lets nobody in any more; whoever is in the stage stays', async () => {
    const [ann, bob] = [bearer('ann-1'), bearer('bob-1')];
    const socket = ann.connect();
    await socket.state((participants) => participants.length === 1);
    const location = (await ann.publish(publishOffer)).headers.get('location') ?? '';
    await server.client.send(new DeletePublicKeyCommand({ arn: kid }));
    assert.deepEqual(await refusals(bob), [4001, [401, 1], [401, 1]]);
    await socket.send('PING');
    await socket.next('PONG');

    kid = await importKey();
    const again = bearer('ann-1');
    assert.equal((await again.delete(location)).status, 200, 'the publish went on all the time');
    socket.crash();
  });
});
