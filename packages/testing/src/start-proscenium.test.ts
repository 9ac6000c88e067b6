import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CreateStageCommand, IVSRealTimeClient, ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { type Proscenium, startProscenium } from './start-proscenium.ts';

/** All that is temporary, and of these tests alone. */
let temporary: string;
const { TMPDIR } = process.env;
before(() => {
  temporary = mkdtempSync(path.join(tmpdir(), 'proscenium-testing-tests-'));
  process.env.TMPDIR = temporary;
});
after(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  rmSync(temporary, { recursive: true });
});

function clientOf(server: Proscenium): IVSRealTimeClient {
  return new IVSRealTimeClient({ ...server.clientConfig, maxAttempts: 1 });
}

describe('a server for tests', () => {
  let server: Proscenium;
  let client: IVSRealTimeClient;
  before(async () => {
    server = await startProscenium();
    client = clientOf(server);
  });
  after(async () => {
    client.destroy();
    await server.close();
  });

  test('answers a client that has its configuration', async () => {
    const { stage } = await client.send(new CreateStageCommand({ name: 'first' }));
    assert.ok(stage?.arn?.startsWith(`arn:aws:ivs:${server.region}:${server.account}:stage/`));
    assert.match(server.endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('is empty again after a reset', async () => {
    await client.send(new CreateStageCommand());
    await server.reset();
    assert.deepEqual((await client.send(new ListStagesCommand())).stages, []);
  });

  test('has a clock that goes ahead, and goes on from there', async () => {
    const start = await server.clock.now();
    assert.ok(Math.abs(start.getTime() - Date.now()) < 60_000);
    const span = { days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5 };
    const time = await server.clock.advance(span);
    assert.ok(time.getTime() - start.getTime() >= 93_784_005);
    assert.ok((await server.clock.now()) >= time);
    await assert.rejects(server.clock.advance({ seconds: -1 }), /advanceSeconds must be >= 0/);
    await server.reset();
  });

  test('has failures that are injected, counted and taken back', async () => {
    const failure = { error: 'ConflictException', times: 2 };
    await server.failures.inject('ListStages', failure);
    await server.failures.inject('CreateStage', { status: 500 });
    await assert.rejects(client.send(new ListStagesCommand()), { name: 'ConflictException' });
    assert.deepEqual(await server.failures.left(), {
      ListStages: { ...failure, times: 1 },
      CreateStage: { status: 500 },
    });
    await server.failures.clear('ListStages');
    await client.send(new ListStagesCommand());
    await server.failures.clear();
    assert.deepEqual(await server.failures.left(), {});
    await assert.rejects(
      server.failures.inject('CreateStag', { error: 'ConflictException' }),
      /no operation CreateStag/,
    );
  });

  test('shows its log, and keeps its secrets out of it', () => {
    assert.match(server.logs, /TESTING IS ON/);
    assert.ok(!server.logs.includes(server.credentials.secretAccessKey));
  });

  test('knows nothing of one beside it', async (t) => {
    const other = await startProscenium();
    t.after(() => other.close());
    await client.send(new CreateStageCommand());
    const own = clientOf(other);
    t.after(() => own.destroy());
    assert.deepEqual((await own.send(new ListStagesCommand())).stages, []);
    const stranger = clientOf({ ...server, clientConfig: { ...server.clientConfig, endpoint: other.endpoint } });
    t.after(() => stranger.destroy());
    await assert.rejects(stranger.send(new ListStagesCommand()), { name: 'UnrecognizedClientException' });
  });
});

test('a server takes options, from nowhere but its configuration, and once closed is gone with its data', async (t) => {
  const { PROSCENIUM_ACCOUNT, PROSCENIUM_QUOTAS_STAGES, NODE_OPTIONS } = process.env;
  const given = { PROSCENIUM_ACCOUNT, PROSCENIUM_QUOTAS_STAGES, NODE_OPTIONS };
  t.after(() => {
    for (const [name, value] of Object.entries(given)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  process.env.PROSCENIUM_ACCOUNT = '111122223333';
  process.env.PROSCENIUM_QUOTAS_STAGES = '5';
  process.env.NODE_OPTIONS = '--import nowhere';
  const server = await startProscenium({ config: { quotas: { stages: 1 }, region: 'eu-west-1' } });
  t.after(() => server.close());
  assert.deepEqual([server.account, server.region], ['123456789012', 'eu-west-1']);
  const client = clientOf(server);
  await client.send(new CreateStageCommand());
  await assert.rejects(client.send(new CreateStageCommand()), { name: 'ServiceQuotaExceededException' });
  client.destroy();

  assert.equal(readdirSync(temporary).length, 1);
  await Promise.all([server.close(), server.close()]);
  await server.close();
  assert.deepEqual(readdirSync(temporary), []);
  await assert.rejects(server.reset(), /^Error: Proscenium is gone: it ended with exit code 0/);
});

describe('a server that does not start', () => {
  test('says which of its options is wrong', async () => {
    await assert.rejects(startProscenium({ config: { media: { prot: 1 } } }), ({ message }: Error) => {
      assert.match(
        message,
        /^Proscenium did not start: it ended with exit code 2\n.*media\.prot: there is no such option$/,
      );
      return true;
    });
  });

  test('says what its log says', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => other.close());
    const address = await new Promise((resolve) => other.once('listening', () => resolve(other.address())));
    const { port } = address as { port: number };
    await assert.rejects(
      startProscenium({ config: { listen: `127.0.0.1:${port}` } }),
      /^Error: Proscenium did not start: it ended with exit code 1\n.*EADDRINUSE/,
    );
  });

  test('says that it took too long, and is gone', async () => {
    await assert.rejects(startProscenium({ startTimeoutMs: 1 }), /did not start: it was not ready after 1 ms/);
    assert.deepEqual(readdirSync(temporary), []);
  });
});

describe('a test that does not close its server', () => {
  /** Starts a server, tells where it is, and ends as its argument says. */
  const program = `
    import { startProscenium } from ${JSON.stringify(new URL('./start-proscenium.ts', import.meta.url).href)};
    const { endpoint } = await startProscenium();
    console.log(endpoint);
    if (process.argv[1] === 'hangs') setInterval(() => {}, 1_000);
  `;

  for (const [end, how] of Object.entries({ 'comes to its end': 'returns', 'is killed': 'hangs' })) {
    test(`and ${end}: takes the server with it`, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program, how], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(child.stdout, 'data');
      const endpoint = String(line).trim();
      assert.equal(readdirSync(temporary).length, 1);
      if (how === 'hangs') child.kill('SIGKILL');
      await untilGone();
      await assert.rejects(fetch(`${endpoint}/healthz`), TypeError);
    });
  }
});

/** Its data go last. */
async function untilGone(): Promise<void> {
  while (readdirSync(temporary).length > 0) await setTimeout(50);
}
