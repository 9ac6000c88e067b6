import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  CreateParticipantTokenCommand,
  CreateStageCommand,
  DeleteStageCommand,
  DisconnectParticipantCommand,
  GetParticipantCommand,
  GetStageCommand,
  ListParticipantEventsCommand,
  ListParticipantsCommand,
  ListStageSessionsCommand,
} from '@aws-sdk/client-ivs-realtime';
import { TestServer } from '../running-server.fixture.ts';
import { ConnectionClient } from './connection-client.fixture.ts';
import { CustomerSigner } from './customer-signer.fixture.ts';
import { publishOffer } from './offer.fixture.ts';
import { StageClient } from './stage-client.fixture.ts';

/** How long the media of a publish may take to connect. */
const CONNECT_TIMEOUT_MS = 15_000;

let server: TestServer;
let signer: CustomerSigner;
let stageArn: string;
let alice: StageClient;
let bob: StageClient;

async function sessions() {
  return (await server.client.send(new ListStageSessionsCommand({ stageArn }))).stageSessions ?? [];
}

async function activeSessionId(): Promise<string> {
  return (await server.client.send(new GetStageCommand({ arn: stageArn }))).stage?.activeSessionId ?? '';
}

async function eventsOf({ id }: StageClient, sessionId?: string): Promise<(string | undefined)[]> {
  const session = sessionId ?? (await activeSessionId());
  const command = new ListParticipantEventsCommand({ stageArn, sessionId: session, participantId: id });
  return ((await server.client.send(command)).events ?? []).map(({ name }) => name).reverse();
}

/** What happened last is written while the client is told of it already: waits until it can be read. */
async function untilEvents(client: StageClient, expected: readonly string[], sessionId?: string): Promise<void> {
  let events = await eventsOf(client, sessionId);
  for (const deadline = Date.now() + 20_000; events.length < expected.length && Date.now() < deadline; ) {
    events = await eventsOf(client, sessionId);
  }
  assert.deepEqual(events, expected);
}

async function errorCode(response: Response): Promise<number> {
  return ((await response.json()) as { code: number }).code;
}

async function token(capabilities?: ('PUBLISH' | 'SUBSCRIBE')[]): Promise<StageClient> {
  const command = new CreateParticipantTokenCommand({ stageArn, ...(capabilities ? { capabilities } : {}) });
  const { participantToken } = await server.client.send(command);
  return new StageClient(participantToken?.token ?? '');
}

before(async () => {
  server = await TestServer.start({ sessionLingerSeconds: 3_600, reconnectGraceSeconds: 3_600 });
  signer = await CustomerSigner.create(server);
});

after(async () => {
  await server.close();
});

beforeEach(async () => {
  const participantTokenConfigurations = [{ userId: 'alice', attributes: { role: 'host' } }, { userId: 'bob' }];
  const { stage, participantTokens = [] } = await server.client.send(
    new CreateStageCommand({ participantTokenConfigurations }),
  );
  stageArn = stage?.arn ?? '';
  alice = new StageClient(participantTokens[0]?.token ?? '');
  bob = new StageClient(participantTokens[1]?.token ?? '');
});

function itIsAnEventsSocket(): void {
  it('joins: there is a session, a record and an event, and everybody is told', async () => {
    const socket = alice.connect();
    await socket.state((participants) => participants.length === 1);
    const other = bob.connect();
    const [first] = await socket.state((participants) => participants.length === 2);
    assert.deepEqual(
      { ...first },
      {
        id: alice.id,
        userId: 'alice',
        attributes: { role: 'host' },
        capabilities: ['publish', 'subscribe'],
        isPublishing: false,
        tracks: [],
        audioMuted: false,
        videoStopped: false,
      },
    );
    await other.state((participants) => participants.length === 2);
    const sessionId = await activeSessionId();
    assert.match(sessionId, /^st-[a-z0-9]{13}$/);
    const { participants = [] } = await server.client.send(new ListParticipantsCommand({ stageArn, sessionId }));
    assert.deepEqual(
      participants.map(({ participantId, state, published }) => [participantId, state, published]),
      [
        [bob.id, 'CONNECTED', false],
        [alice.id, 'CONNECTED', false],
      ],
    );
    await untilEvents(alice, ['JOINED']);
    for (const each of [socket, other]) each.crash();
  });

  it('answers PING, also one that was sent before the join was done', async () => {
    const socket = alice.connect();
    await socket.send('PING');
    await socket.next('PONG');
    socket.crash();
  });

  it('leaves at once when the client says so', async () => {
    const watcher = bob.connect();
    const socket = alice.connect();
    await watcher.state((participants) => participants.length === 2);
    await socket.send('LEAVE');
    assert.deepEqual(await socket.closed, { code: 1000, reason: 'user-initiated' });
    await watcher.state((participants) => participants.length === 1);
    await untilEvents(alice, ['JOINED', 'LEFT']);
    const command = new GetParticipantCommand({
      stageArn,
      sessionId: await activeSessionId(),
      participantId: alice.id,
    });
    assert.equal((await server.client.send(command)).participant?.state, 'DISCONNECTED');
    watcher.crash();
  });

  it('that is lost keeps its participant for the grace time: coming back is no second join', async () => {
    const watcher = bob.connect();
    const first = alice.connect();
    await first.state((participants) => participants.length === 2);
    first.crash();
    const second = alice.connect();
    await second.state((participants) => participants.length === 2);
    await untilEvents(alice, ['JOINED']);
    for (const each of [watcher, second]) each.crash();
  });

  it('is ended by a second one with the same token', async () => {
    const first = alice.connect();
    await first.state((participants) => participants.length === 1);
    const second = alice.connect();
    assert.deepEqual(await first.closed, { code: 4102, reason: 'token-reused' });
    await second.state((participants) => participants.length === 1);
    await untilEvents(alice, ['JOINED']);
    second.crash();
  });

  it('that another one of the same client replaces is not evicted, and its media goes on', async () => {
    const watcher = bob.connect();
    const first = alice.connect(`${alice.payload.topic}?client=one-page`);
    await first.state((participants) => participants.length === 2);
    const location = (await alice.publish(publishOffer)).headers.get('location') ?? '';
    const second = alice.connect(`${alice.payload.topic}?client=one-page`);
    assert.equal((await first.closed).code, 4003);
    await second.state((participants) => participants.length === 2);
    assert.equal((await alice.delete(location)).status, 200);
    const third = alice.connect(`${alice.payload.topic}?client=another-page`);
    assert.deepEqual(await second.closed, { code: 4102, reason: 'token-reused' });
    await untilEvents(alice, ['JOINED']);
    for (const each of [watcher, third]) each.crash();
  });

  it('tells the client data of its User-Agent and of CLIENT_INFO', async () => {
    const socket = alice.connect();
    await socket.send('CLIENT_INFO', { sdkVersion: '1.42.0 <script>' });
    await socket.send('LEAVE');
    await socket.closed;
    await untilEvents(alice, ['JOINED', 'LEFT']);
    const command = new GetParticipantCommand({
      stageArn,
      sessionId: await activeSessionId(),
      participantId: alice.id,
    });
    assert.equal((await server.client.send(command)).participant?.sdkVersion, '1.42.0 script');
  });

  it('is closed with 1008 when a known type has a wrong payload', async () => {
    const socket = alice.connect();
    await socket.send('MUTE', { audioMuted: 'yes' });
    assert.equal((await socket.closed).code, 1008);
  });

  it('passes over types that it does not know', async () => {
    const socket = alice.connect();
    await socket.send('FUTURE', { anything: true });
    await socket.send('PING');
    await socket.next('PONG');
    socket.crash();
  });
}

describe('an events socket', () => {
  itIsAnEventsSocket();

  for (const [what, text] of [
    ['no JSON', 'hello'],
    ['no object', '[1]'],
    ['binary', Buffer.from('{"type":"PING"}')],
  ] as const) {
    it(`is closed with 1008 when the client sends ${what}`, async () => {
      const socket = alice.connect();
      await socket.sendText(text);
      assert.equal((await socket.closed).code, 1008);
    });
  }

  it('is closed with 1009 when a message is too big', async () => {
    const socket = alice.connect();
    await socket.sendText(JSON.stringify({ type: 'PING', padding: 'x'.repeat(70_000) }));
    assert.equal((await socket.closed).code, 1009);
  });
});

describe('a channel of a real-time connection', () => {
  let connection: ConnectionClient;

  beforeEach(() => {
    connection = new ConnectionClient(alice.payload.events_url, signer.connectionToken('a-phone'));
    for (const client of [alice, bob]) client.connection = connection;
  });
  afterEach(() => connection.crash());

  itIsAnEventsSocket();
});

describe('an upgrade that cannot be one', () => {
  for (const target of ['/events/', '/events//', '/events/abcdABCDefgh']) {
    it(`is refused and let go: ${target}`, async () => {
      const { hostname, port } = new URL(server.running.endpoint);
      const socket = connect(Number(port), hostname);
      const lines = [`GET ${target} HTTP/1.1`, `Host: ${hostname}`, 'Connection: Upgrade', 'Upgrade: websocket'];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      await once(socket, 'close');
      assert.match(answer, /^HTTP\/1\.1 40[014] /);
      assert.equal((await fetch(`${server.running.endpoint}/healthz`)).status, 200);
    });
  }
});

describe('a token', () => {
  it('that was tampered with is refused', async () => {
    const socket = new StageClient(`${alice.token.slice(0, -4)}AAAA`).connect();
    assert.deepEqual(await socket.closed, { code: 4001, reason: 'TOKEN_MALFORMED' });
  });

  it('of another stage is refused', async () => {
    const socket = alice.connect('abcdABCDefgh');
    assert.deepEqual(await socket.closed, { code: 4001, reason: 'TOKEN_MALFORMED' });
  });

  it('ends its connection and is refused ever after DisconnectParticipant', async () => {
    const watcher = bob.connect();
    const socket = alice.connect();
    await watcher.state((participants) => participants.length === 2);
    await server.client.send(new DisconnectParticipantCommand({ stageArn, participantId: alice.id }));
    assert.deepEqual(await socket.closed, { code: 4100, reason: 'participant-disconnected' });
    await watcher.state((participants) => participants.length === 1);
    await untilEvents(alice, ['JOINED', 'LEFT']);
    assert.deepEqual(await alice.connect().closed, { code: 4010, reason: 'PARTICIPANT_DISCONNECTED' });
    assert.equal((await alice.publish(publishOffer)).status, 403);
    watcher.crash();
  });

  it('of a participant that never came is refused after DisconnectParticipant too', async () => {
    await server.client.send(new DisconnectParticipantCommand({ stageArn, participantId: alice.id }));
    assert.deepEqual(await alice.connect().closed, { code: 4010, reason: 'PARTICIPANT_DISCONNECTED' });
    assert.deepEqual(await sessions(), []);
  });

  it('that is joining while its participant is disconnected leaves JOINED and LEFT in order, or nothing', async () => {
    const socket = alice.connect();
    await server.client.send(new DisconnectParticipantCommand({ stageArn, participantId: alice.id }));
    await socket.closed;
    const [session] = await sessions();
    const events = session ? await eventsOf(alice, session.sessionId) : [];
    assert.ok(['', 'JOINED', 'JOINED,LEFT'].includes(events.join()), events.join());
  });

  it('that is joining while its stage is deleted holds nothing up', async () => {
    const socket = alice.connect();
    await server.client.send(new DeleteStageCommand({ arn: stageArn }));
    assert.ok([4009, 4101].includes((await socket.closed).code));
  });

  it('is worth nothing once its stage is deleted', async () => {
    const socket = alice.connect();
    await socket.state((participants) => participants.length === 1);
    await server.client.send(new DeleteStageCommand({ arn: stageArn }));
    assert.deepEqual(await socket.closed, { code: 4101, reason: 'stage-deleted' });
    assert.deepEqual(await alice.connect().closed, { code: 4009, reason: 'STAGE_DELETED' });
    const response = await bob.publish(publishOffer);
    assert.equal(response.status, 404);
    assert.equal(await errorCode(response), 9);
  });
});

describe('a publish by POST', () => {
  it('makes the participant join, and its end makes it leave', async () => {
    const response = await alice.publish(publishOffer);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('content-type'), 'application/sdp');
    assert.ok(Number(response.headers.get('content-length')) > 0);
    assert.match(await response.text(), /^v=0\r\n/);
    await untilEvents(alice, ['JOINED']);
    const location = response.headers.get('location') ?? '';
    assert.equal((await bob.delete(location)).status, 404);
    assert.equal((await alice.delete(location)).status, 200);
    assert.equal((await alice.delete(location)).status, 404);
    await untilEvents(alice, ['JOINED', 'LEFT']);
  });

  it('beside an events socket is one connection with it: the socket holds the participant', async () => {
    const [response, socket] = await Promise.all([alice.publish(publishOffer), alice.connect()]);
    await socket.state((participants) => participants.length === 1);
    assert.equal((await alice.delete(response.headers.get('location') ?? '')).status, 200);
    await untilEvents(alice, ['JOINED']);
    socket.crash();
  });

  it('ends when its client has hung up before the answer', async () => {
    const watcher = bob.connect();
    const headers = { authorization: `Bearer ${alice.token}`, 'content-type': 'application/sdp' };
    const posting = request(alice.payload.whip_url, { method: 'POST', headers, agent: false });
    posting.once('error', () => undefined);
    const startedMs = Date.now();
    posting.end(publishOffer);
    await watcher.state((participants) => participants.length === 2); // the server has read the offer
    posting.destroy();
    await untilEvents(alice, ['JOINED', 'LEFT']);
    assert.ok(Date.now() - startedMs < CONNECT_TIMEOUT_MS, 'it ended for want of a connection');
  });

  it('is replaced by a second one', async () => {
    const first = (await alice.publish(publishOffer)).headers.get('location') ?? '';
    const second = (await alice.publish(publishOffer)).headers.get('location') ?? '';
    assert.equal((await alice.delete(first)).status, 404);
    assert.equal((await alice.delete(second)).status, 200);
  });

  it('of an evicted socket ends, what the new client has POSTed before its own socket stays', async () => {
    const socket = alice.connect();
    await socket.state((participants) => participants.length === 1);
    const old = (await alice.publish(publishOffer)).headers.get('location') ?? '';
    const newcomer = (await alice.publish(publishOffer)).headers.get('location') ?? '';
    const next = alice.connect();
    assert.equal((await socket.closed).reason, 'token-reused');
    assert.equal((await alice.delete(old)).status, 404);
    assert.equal((await alice.delete(newcomer)).status, 200);
    next.crash();
  });

  it('is refused without the capability, and stands among the events', async () => {
    const viewer = await token(['SUBSCRIBE']);
    const socket = viewer.connect();
    await socket.state((participants) => participants.length === 1);
    const response = await viewer.publish(publishOffer);
    assert.deepEqual([response.status, await errorCode(response)], [403, 8]);
    await untilEvents(viewer, ['JOINED', 'PUBLISH_ERROR']);
    socket.crash();
  });

  it('is sent on from the address for all stages', async () => {
    const { origin } = new URL(alice.payload.whip_url);
    const response = await alice.publish(publishOffer, `${origin}/whip`);
    assert.equal(response.status, 307);
    assert.equal(response.headers.get('location'), alice.payload.whip_url);
  });
});

describe('the HTTP routes of media', () => {
  it('answer errors that a page may read', async () => {
    const response = await fetch(alice.payload.whip_url, { method: 'POST', body: publishOffer });
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.equal(await errorCode(response), 1);
  });

  it('know no publisher that is not there, and write that down', async () => {
    const response = await alice.subscribe('nobody', publishOffer);
    assert.equal(response.status, 404);
    const [session] = await sessions();
    await untilEvents(alice, ['JOINED', 'SUBSCRIBE_ERROR', 'LEFT'], session?.sessionId);
  });
});

describe('a server that stops', () => {
  it('lets everybody go with 1001, writes that down, and goes on with the session after its next start', async () => {
    const socket = alice.connect();
    await socket.state((participants) => participants.length === 1);
    const sessionId = await activeSessionId();
    server = await server.restart();
    assert.equal((await socket.closed).code, 1001);
    assert.equal(await activeSessionId(), sessionId);
    await untilEvents(alice, ['JOINED', 'LEFT']);
  });
});
