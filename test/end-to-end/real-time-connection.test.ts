import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import {
  CreateStageCommand,
  GetStageCommand,
  ListParticipantEventsCommand,
  type Stage,
} from '@aws-sdk/client-ivs-realtime';
import { sign } from '../../packages/server/src/identity/signer.fixture.ts';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import type { StagePage } from '../support/stage-page.ts';
import { startTcpRelay } from '../support/tcp-relay.ts';
import { TokenSigner } from '../support/token-signer.ts';
import { until } from '../support/until.ts';

const both = { allow_publish: true, allow_subscribe: true };

/** Stages of one customer on one server, by the names `a`, `b` and `c`. */
class Stages {
  readonly signer: TokenSigner;
  readonly #server: ServerProcess;
  readonly #stages: ReadonlyMap<string, Stage>;

  private constructor(server: ServerProcess, signer: TokenSigner, stages: Map<string, Stage>) {
    this.#server = server;
    this.signer = signer;
    this.#stages = stages;
  }

  static async create(server: ServerProcess, signer: TokenSigner): Promise<Stages> {
    const stages = new Map<string, Stage>();
    for (const name of ['a', 'b', 'c']) {
      const { stage } = await server.client.send(new CreateStageCommand({ name }));
      if (stage) stages.set(name, stage);
    }
    return new Stages(server, signer, stages);
  }

  get(name: string): Stage {
    const stage = this.#stages.get(name);
    assert.ok(stage);
    return stage;
  }

  /** Of `<who>-<stage>`, that is, since ids are those of one page in several stages. */
  token(who: string, name: string): string {
    return this.signer.token(this.get(name), `${who}-${name}`, both);
  }

  /** Opens a connection whose token has the page's own name. @param port another way to the server */
  async connect(page: StagePage, tokenId: string, port?: number): Promise<void> {
    const { endpoints, ...stage } = this.get('a');
    const events = port === undefined ? endpoints?.events : `ws://127.0.0.1:${port}/events`;
    await page.openConnection(this.signer.connectionToken({ ...stage, endpoints: { events } }, tokenId));
    await page.waitForEvent({ name: 'connectionStateChanged', detail: 'connected' });
  }

  /** Somebody who publishes in several of them, over one connection, and watches. */
  async host(t: TestContext, chromium: Chromium, names: readonly string[]): Promise<StagePage> {
    const { stage: host } = await open(t, chromium);
    await this.connect(host, 'host');
    for (const name of names) await host.joinOverConnection(name, this.token('host', name), { publish: true });
    return host;
  }

  /** What is written down of somebody in the session that runs. */
  async eventNames(who: string, name: string): Promise<(string | undefined)[]> {
    const stageArn = this.get(name).arn;
    const { stage } = await this.#server.client.send(new GetStageCommand({ arn: stageArn }));
    const about = { stageArn, sessionId: stage?.activeSessionId, participantId: `${who}-${name}` };
    const { events = [] } = await this.#server.client.send(new ListParticipantEventsCommand(about));
    return events.map((event) => event.name).reverse();
  }
}

async function open(t: TestContext, chromium: Chromium): Promise<ChromiumPage> {
  const page = await chromium.openPage();
  t.after(() => page.close());
  return page;
}

async function revoke({ endpoint, region }: ServerProcess, tokenId: string): Promise<void> {
  const headers = { host: new URL(endpoint).host, 'content-type': 'application/json' };
  const request = { method: 'POST', path: '/RevokeConnectionToken', headers, body: JSON.stringify({ tokenId }) };
  const key = { ...testAccessKey, account: '123456789012', userName: 'admin' };
  const signed = await sign(request, { key, region });
  const response = await fetch(`${endpoint}${signed.url}`, { ...signed });
  assert.equal(response.status, 200);
}

/** The events of a page that nobody wants to see: stages that were left, and errors. */
async function ends(page: StagePage): Promise<string[]> {
  const events = await page.events();
  return events.filter(({ name }) => name === 'stageLeft' || name === 'error').map(({ detail = '' }) => detail);
}

describe('a page with one connection', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;
  let signer: TokenSigner;
  let folder: string;

  before(async () => {
    server = await startServer();
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-keys-'));
    signer = await TokenSigner.create(server, folder);
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  test('watches and publishes in two stages at once, leaves one and joins another', async (t) => {
    const stages = await Stages.create(server, signer);
    const host = await stages.host(t, chromium, ['a', 'b', 'c']);
    const { stage: guest } = await open(t, chromium);
    await stages.connect(guest, 'guest');
    for (const name of ['a', 'b']) {
      await guest.joinOverConnection(name, stages.token('guest', name), { publish: true });
    }
    await Promise.all(
      ['a', 'b'].flatMap((name) => [guest.waitForFrames(`host-${name}`, 30), host.waitForFrames(`guest-${name}`, 30)]),
    );

    await guest.leaveStageNamed('a');
    await guest.waitForEvent({ name: 'stageLeft', stageName: 'a', detail: 'user-initiated' });
    await host.waitForEvent({ name: 'stageParticipantLeft', participantId: 'guest-a' });
    await guest.joinOverConnection('c', stages.token('guest', 'c'));
    await guest.waitForFrames('host-c', 30);
    await Promise.all([guest.waitForFrames('host-b', 30), host.waitForFrames('guest-b', 30)]);
    assert.deepEqual(await ends(guest), ['user-initiated']);
    const states = (await guest.events()).filter(({ name }) => name === 'connectionStateChanged');
    assert.deepEqual(
      states.map(({ detail }) => detail),
      ['connecting', 'connected'],
    );
  });

  test('is out of all its stages when the token of the connection is revoked, and cannot connect again', async (t) => {
    const stages = await Stages.create(server, signer);
    const host = await stages.host(t, chromium, ['a', 'b']);
    const { stage: guest } = await open(t, chromium);
    await stages.connect(guest, 'to-be-revoked');
    await guest.joinOverConnection('a', stages.token('guest', 'a'), { publish: true });
    await guest.joinOverConnection('b', stages.token('guest', 'b'));
    await host.waitForFrames('guest-a', 10);

    await revoke(server, 'to-be-revoked');
    const reason = 'real-time-connection-token-revocation';
    for (const stageName of ['a', 'b']) await guest.waitForEvent({ name: 'stageLeft', stageName, detail: reason });
    await guest.waitForEvent({ name: 'connectionStateChanged', detail: 'disconnected 4' });
    for (const participantId of ['guest-a', 'guest-b']) {
      await host.waitForEvent({ name: 'stageParticipantLeft', participantId });
    }
    const events = await until(
      () => stages.eventNames('guest', 'a'),
      (names) => names.includes('LEFT'),
    );
    assert.deepEqual(
      events.filter((name) => name === 'JOINED' || name === 'LEFT'),
      ['JOINED', 'LEFT'],
    );

    await assert.rejects(guest.joinOverConnection('c', stages.token('guest', 'c')));
    await guest.waitForEvent({ name: 'stageLeft', stageName: 'c', detail: reason });
    assert.deepEqual(await ends(guest), [reason, reason, reason]);
  });

  test('leaves all its stages by disconnecting, and comes back by joining again', async (t) => {
    const stages = await Stages.create(server, signer);
    const host = await stages.host(t, chromium, ['a', 'b']);
    const { stage: guest } = await open(t, chromium);
    await stages.connect(guest, 'guest');
    for (const name of ['a', 'b']) await guest.joinOverConnection(name, stages.token('guest', name));
    await Promise.all([guest.waitForFrames('host-a', 10), guest.waitForFrames('host-b', 10)]);

    await guest.disconnect();
    const forced = 'real-time-connection-forced-leave';
    assert.deepEqual(await ends(guest), [forced, forced]);
    for (const participantId of ['guest-a', 'guest-b']) {
      await host.waitForEvent({ name: 'stageParticipantLeft', participantId });
    }
    await guest.joinOverConnection('b', stages.token('guest', 'b'));
    await guest.waitForFrames('host-b', 30);
    assert.deepEqual(await ends(guest), [forced, forced]);
  });

  test('goes on with media while the connection is lost, and is back in all its stages without having left', async (t) => {
    const stages = await Stages.create(server, signer);
    const host = await stages.host(t, chromium, ['a', 'b']);
    const relay = await startTcpRelay(Number(new URL(server.endpoint).port));
    t.after(() => relay.close());
    const { stage: guest } = await open(t, chromium);
    await stages.connect(guest, 'guest', relay.port);
    await guest.joinOverConnection('a', stages.token('guest', 'a'), { publish: true });
    await guest.joinOverConnection('b', stages.token('guest', 'b'));
    await Promise.all([host.waitForFrames('guest-a', 10), guest.waitForFrames('host-b', 10)]);

    const cutMs = Date.now();
    relay.cut();
    const state = { name: 'stageConnectionStateChanged', afterMs: cutMs };
    for (const stageName of ['a', 'b']) await guest.waitForEvent({ ...state, stageName, detail: 'errored' });
    relay.mend();
    for (const stageName of ['a', 'b']) await guest.waitForEvent({ ...state, stageName, detail: 'connected' });
    await Promise.all([host.waitForFrames('guest-a', 30), guest.waitForFrames('host-b', 30)]);
    for (const name of ['a', 'b']) assert.ok(!(await stages.eventNames('guest', name)).includes('LEFT'));
    for (const page of [guest, host]) {
      const gone = ['stageLeft', 'stageParticipantLeft', 'stageParticipantStreamsRemoved', 'error'];
      assert.deepEqual(
        (await page.events()).filter(({ name }) => gone.includes(name)),
        [],
      );
    }
  });

  test('comes back to all its stages by itself after the server was started again', async (t) => {
    const dataFolder = await createDataFolder(t);
    const first = await startServer({ dataFolder });
    const stages = await Stages.create(first, await TokenSigner.create(first, await createDataFolder(t)));
    const hostPage = await open(t, chromium);
    const guestPage = await open(t, chromium);
    await stages.connect(hostPage.stage, 'host');
    await stages.connect(guestPage.stage, 'guest');
    for (const name of ['a', 'b']) {
      await hostPage.stage.joinOverConnection(name, stages.token('host', name), { publish: true });
      await guestPage.stage.joinOverConnection(name, stages.token('guest', name));
      await guestPage.stage.waitForFrames(`host-${name}`, 10);
    }

    // A client tries for 30 seconds; a busy machine may take longer to start a server.
    const asleep = await Promise.all([hostPage, guestPage].map((page) => page.sleep()));
    await first.stop();
    const next = await startServer({ dataFolder, args: ['--listen', new URL(first.endpoint).host] });
    t.after(() => next.stop());
    const wokenMs = Date.now();
    await Promise.all(asleep.map(({ wake }) => wake()));
    for (const name of ['a', 'b']) {
      const again = { name: 'stageParticipantStreamsAdded', participantId: `host-${name}`, afterMs: wokenMs };
      await guestPage.stage.waitForEvent(again);
      await guestPage.stage.waitForFrames(`host-${name}`, 30);
    }
    for (const { stage } of [hostPage, guestPage]) assert.deepEqual(await ends(stage), []);
  });
});
