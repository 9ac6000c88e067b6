import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, request as passOn } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import { startTurnServer, turnServerMissing } from '../support/turn-server.ts';

const launcher = fileURLToPath(new URL('../../node_modules/.bin/proscenium', import.meta.url));
const guardMs = 120_000;

/** Another address of this machine than a loopback one: relays refuse those. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

interface Report {
  passed: boolean;
  checks: { id: string; status: string; findings: { status: string; says: string; remedy?: string }[] }[];
}

interface Examined {
  code: number;
  output: string;
  /** What it printed as JSON. */
  report: Report;
  /** A line for each check that is of that status. */
  of(status: string): string[];
}

/** Runs the command as an operator does. */
async function doctor(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Examined> {
  const options = { encoding: 'utf8', timeout: guardMs, env: { ...process.env, ...env } } as const;
  const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(launcher, ['doctor', '--json', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
  const report: Report = stdout === '' ? { passed: false, checks: [] } : JSON.parse(stdout);
  const lines = report.checks.flatMap(({ id, findings }) =>
    findings.map(({ status, says, remedy }) => ({ status, line: `${id}: ${says}${remedy ? ` → ${remedy}` : ''}` })),
  );
  return {
    code,
    output: stdout + stderr,
    report,
    of: (status) => lines.filter((each) => each.status === status).map(({ line }) => line),
  };
}

/** One that was free a moment ago, and the next one too. */
async function freePort(): Promise<number> {
  for (;;) {
    const first = createServer().listen(0, '127.0.0.1');
    await once(first, 'listening');
    const address = first.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const next = createServer().listen(port + 1, '127.0.0.1');
    const isFree = await once(next, 'listening').then(
      () => true,
      () => false,
    );
    for (const each of isFree ? [first, next] : [first]) {
      each.close();
      await once(each, 'close');
    }
    if (isFree) return port;
  }
}

interface Deployed {
  server: ServerProcess;
  file: string;
}

interface DeployOptions {
  host?: string;
  settings?: object;
}

/** A server and the configuration file that it has, as an operator has them, while a test runs. */
async function deploy(t: TestContext, options: DeployOptions): Promise<Deployed> {
  const deployed = await startDeployed(await createDataFolder(t), options);
  t.after(() => deployed.server.stop());
  return deployed;
}

async function startDeployed(dataFolder: string, options: DeployOptions): Promise<Deployed> {
  const { file, listen } = await configure(dataFolder, options);
  const nothing = { PROSCENIUM_ACCESS_KEY_ID: '', PROSCENIUM_SECRET_ACCESS_KEY: '', PROSCENIUM_MEDIA_PORT: '' };
  const server = await startServer({
    dataFolder,
    env: {
      ...nothing,
      PROSCENIUM_MEDIA_WORKERS: '',
      PROSCENIUM_INGEST_RTMP_PORT: '',
      PROSCENIUM_INGEST_RTMPS_PORT: '',
    },
    args: ['--config', file, '--listen', listen],
  });
  return { server, file };
}

async function configure(
  dataFolder: string,
  { host = '127.0.0.1', settings = {} }: DeployOptions,
): Promise<{ file: string; listen: string }> {
  const file = path.join(dataFolder, 'proscenium.yaml');
  const { accessKeyId, secretAccessKey } = testAccessKey;
  const [port, mediaPort, ingestPort] = [await freePort(), await freePort(), await freePort()];
  const basis = {
    listen: `${host}:${port}`,
    data: dataFolder,
    media: { port: mediaPort, workers: 1 },
    ingest: { rtmpPort: ingestPort, rtmpsPort: ingestPort + 1 },
    accessKeys: [{ accessKeyId, secretAccessKey }],
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ ...basis, ...settings }));
  return { file, listen: basis.listen };
}

/**
 * A proxy in front of a server, which keeps one answer to itself until it is told to pass it on.
 *
 * @param count of which call of the operation it keeps the answer, from 1
 */
async function holdAnswer(t: TestContext, server: ServerProcess, operation: string, count: number) {
  const { promise: held, resolve } = Promise.withResolvers<() => void>();
  let seen = 0;
  const proxy = createHttpServer((incoming, outgoing) => {
    const { method, headers } = incoming;
    const passed = passOn(new URL(incoming.url ?? '', server.endpoint), {
      method,
      headers,
      setHost: false,
      agent: false,
    });
    passed.on('response', (answer) => {
      const release = () => answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders));
      if (incoming.url === `/${operation}` && ++seen === count) resolve(release);
      else release();
    });
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, held };
}

const statusOf = ({ report }: Examined, id: string) => report.checks.find((check) => check.id === id)?.status;

describe('proscenium doctor', () => {
  let dataFolder: string;
  /** One that works whole, for all that does not need another one. */
  let deployed: Deployed;

  before(async () => {
    dataFolder = await mkdtemp(path.join(tmpdir(), 'proscenium-data-'));
    deployed = await startDeployed(dataFolder, { settings: { media: { port: await freePort(), workers: 2 } } });
  });
  after(async () => {
    await deployed?.server.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  test('finds a deployment that works whole, from its machine and from outside, and leaves nothing behind', async () => {
    const { server, file } = deployed;
    const inside = await doctor(['--config', file]);
    assert.deepEqual([inside.of('failed'), inside.of('warning')], [[], []]);
    assert.equal(inside.code, 0);
    for (const id of [
      'store',
      'media-ports',
      'encoder-ports',
      'api',
      'events-socket',
      'media-udp',
      'media-tcp',
      'media-other-workers',
      'media',
    ]) {
      assert.equal(statusOf(inside, id), 'ok', id);
    }

    const { accessKeyId, secretAccessKey } = testAccessKey;
    const key = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: 'us-west-2' };
    const outside = await doctor(['--endpoint', server.endpoint], key);
    assert.deepEqual([outside.of('failed'), outside.of('warning')], [[], []]);
    assert.equal(outside.code, 0);
    assert.equal(statusOf(outside, 'media'), 'ok');
    assert.equal(statusOf(outside, 'media-other-workers'), 'ok');
    assert.equal(statusOf(outside, 'store'), undefined);

    assert.deepEqual((await server.client.send(new ListStagesCommand())).stages, []);
    for (const { output } of [inside, outside]) assert.ok(!output.includes(secretAccessKey));
  });

  test('fails where clients are sent to an address at which media is not, and says what to do', async (t) => {
    // An address for documentation (RFC 5737): nobody answers.
    const media = {
      port: await freePort(),
      workers: 1,
      announcedAddresses: ['198.51.100.23'],
      listenAddress: '0.0.0.0',
    };
    const { file } = await deploy(t, { settings: { media } });
    const examined = await doctor(['--config', file]);
    assert.equal(examined.code, 1);
    const [udp = '', ...others] = examined.of('failed');
    assert.match(udp, /^media-udp: udp\/\d+ of 198\.51\.100\.23: .*→ Open udp\/\d+.*media\.announcedAddresses/);
    assert.ok(
      others.every((line) => line.startsWith('media: ')),
      others.join('\n'),
    );
    assert.equal(statusOf(examined, 'events-socket'), 'ok');
  });

  test('fails where publicUrl leads to another server', async (t) => {
    const { file } = await deploy(t, { settings: { publicUrl: deployed.server.endpoint } });
    const examined = await doctor(['--config', file]);
    assert.equal(examined.code, 1);
    assert.match(examined.of('failed')[0] ?? '', /^public-address: .* leads to another server of ours → .*publicUrl/);
  });

  test('fails with an access key that the server does not know, and skips what needs a stage', async () => {
    const { server } = deployed;
    const key = { AWS_ACCESS_KEY_ID: 'PRSCWRONG', AWS_SECRET_ACCESS_KEY: 'a-secret-of-somebody-else' };
    const examined = await doctor(['--endpoint', server.endpoint], key);
    assert.equal(examined.code, 1);
    assert.match(
      examined.of('failed').join(),
      /^api: CreateStage was refused with 403 UnrecognizedClientException.* → The server does not know/,
    );
    assert.ok(examined.of('skipped').includes('media-udp: see "API"'), examined.output);
    assert.ok(!examined.output.includes(key.AWS_SECRET_ACCESS_KEY));
  });

  test('deletes its stage when it is interrupted', async (t) => {
    const { server, file } = deployed;
    const child = spawn(launcher, ['doctor', '--config', file], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) {
      if (line.includes('WHIP ')) child.kill('SIGINT');
    }
    assert.deepEqual(await ended, [130, null]);
    assert.deepEqual((await server.client.send(new ListStagesCommand())).stages, []);
  });

  for (const [signal, code, count, what] of [
    ['SIGINT', 130, 1, 'its stage'],
    ['SIGTERM', 143, 2, 'one for another media worker'],
  ] as const) {
    test(`deletes what it made when ${signal} comes while ${what} is being made`, async (t) => {
      const { server } = deployed;
      const proxy = await holdAnswer(t, server, 'CreateStage', count);
      const { accessKeyId, secretAccessKey } = testAccessKey;
      const child = spawn(launcher, ['doctor', '--endpoint', proxy.url], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      });
      t.after(() => child.kill('SIGKILL'));
      const ended = once(child, 'exit');
      const release = await proxy.held;
      const heard = once(child.stderr, 'data');
      child.kill(signal);
      assert.match(String(await heard), /^What was made is taken away now/);
      release();
      assert.deepEqual(await ended, [code, null]);
      assert.deepEqual((await server.client.send(new ListStagesCommand())).stages, []);
    });
  }

  test('warns where the server was not started yet', async (t) => {
    const data = path.join(await createDataFolder(t), 'data');
    const env = { PROSCENIUM_MEDIA_PORT: String(await freePort()), PROSCENIUM_MEDIA_WORKERS: '1' };
    const examined = await doctor(['--data', data, '--listen', `127.0.0.1:${await freePort()}`], env);
    assert.equal(examined.code, 0);
    assert.match(examined.of('warning').join(), /^server: no server runs at .* → Start it/);
  });

  test('refuses what is no address with exit code 2', async () => {
    for (const endpoint of ['stages.example.com', 'ftp://a.example', 'https://a.example/path']) {
      const { code, output } = await doctor(['--endpoint', endpoint]);
      assert.equal(code, 2);
      assert.match(output, /^--endpoint: must be an http or https address without a path\n$/);
    }
  });
});

describe('proscenium doctor with a relay', {
  skip: turnServerMissing() || (!ownAddress && 'there is no network'),
}, () => {
  const address = ownAddress ?? '';

  test('gets a place there by UDP and TCP, and reaches the media of the server', async (t) => {
    const turn = await startTurnServer(address);
    t.after(() => turn.close());
    const settings = { turn: { urls: [turn.url, `${turn.url}?transport=tcp`], secret: turn.secret } };
    const { server, file } = await deploy(t, { host: address, settings });
    const examined = await doctor(['--config', file]);
    assert.deepEqual(examined.of('failed'), []);
    const places = examined.of('ok').filter((line) => line.startsWith('turn: '));
    assert.equal(places.length, 2);
    for (const line of places)
      assert.match(line, /gives a place at [\d.]+, and reaches udp\/\d+ of [\d.]+ from there$/);

    // From outside the server tells of it.
    const { accessKeyId, secretAccessKey } = testAccessKey;
    const key = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const outside = await doctor(['--endpoint', server.endpoint], key);
    assert.equal(outside.of('ok').filter((line) => line.startsWith('turn: ')).length, 2);
    for (const { output } of [examined, outside]) assert.ok(!output.includes(turn.secret));
  });

  test('fails with another secret than the relay has, and where there is none', async (t) => {
    const turn = await startTurnServer(address);
    t.after(() => turn.close());
    const absent = `turn:${address}:${await freePort()}?transport=tcp`;
    // It looks at them as the server would name them to its clients, which need not run for that.
    const settings = { turn: { urls: [turn.url, absent], secret: 'not-that-one' } };
    const { file } = await configure(await createDataFolder(t), { host: address, settings });
    const examined = await doctor(['--config', file]);
    assert.equal(examined.code, 1);
    const [wrong = '', missing = ''] = examined.of('failed');
    assert.match(wrong, /^turn: .* does not accept the credentials that the server makes → turn\.secret/);
    assert.match(missing, /^turn: .*: nothing listens there → /);
    assert.ok(!examined.output.includes('not-that-one'));
  });
});
