import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { configWith, found, unstopped } from '../found.fixture.ts';
import { apiPortCheck } from './api-port.ts';
import { encoderPortsCheck } from './encoder-ports.ts';
import { mediaPortsCheck } from './media-ports.ts';
import { findPortHolder } from './port-holder.ts';

const program = path.basename(process.argv0);

async function takeTcp(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.end('220 mail\r\n')).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

async function takeUdp(t: TestContext): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => socket.close());
  await once(socket, 'listening');
  return socket.address().port;
}

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const mediaOn = (port: number) =>
  configWith({ listen: '127.0.0.1:1', environment: { PROSCENIUM_MEDIA_PORT: String(port) } });

describe('the port of the API', () => {
  test('may be free', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const result = await apiPortCheck.run({ config: configWith({ listen }) }, unstopped);
    assert.deepEqual(found(result), [`ok: ${listen} is free`]);
  });

  test('that another program holds fails, and names it', async (t) => {
    const listen = `127.0.0.1:${await takeTcp(t)}`;
    const result = await apiPortCheck.run({ config: configWith({ listen }) }, unstopped);
    assert.deepEqual(found(result), [`failed: ${listen} is held by ${program} (pid ${process.pid})`]);
  });

  test('of an address of another machine fails', async () => {
    const config = { ...configWith({ listen: '198.51.100.7:7080' }) };
    assert.deepEqual(found(await apiPortCheck.run({ config }, unstopped)), [
      'failed: 198.51.100.7 is no address of this machine',
    ]);
  });
});

describe('media ports', () => {
  test('may be free while no server runs', async () => {
    const port = await freePort();
    const result = await mediaPortsCheck.run({ config: mediaOn(port) }, unstopped);
    assert.deepEqual(found(result), [`ok: udp/${port} tcp/${port} are free`]);
  });

  test('that are free while the server runs fail', async () => {
    const port = await freePort();
    const server = { url: new URL('http://127.0.0.1:1'), direct: true };
    const result = await mediaPortsCheck.run({ config: mediaOn(port), server }, unstopped);
    assert.deepEqual(found(result), [`failed: the server runs, and nothing listens on udp/${port} tcp/${port}`]);
  });

  test('that another program holds fail, each protocol by itself', async (t) => {
    const [tcp, udp] = [await takeTcp(t), await takeUdp(t)];
    for (const [name, port] of [
      [`tcp/${tcp}`, tcp],
      [`udp/${udp}`, udp],
    ] as const) {
      const result = await mediaPortsCheck.run({ config: mediaOn(port) }, unstopped);
      assert.deepEqual(found(result), [`failed: ${name} is held by ${program} (pid ${process.pid})`]);
    }
  });
});

describe('encoder ports', () => {
  const server = { url: new URL('http://127.0.0.1:1'), direct: true };
  const encodersOn = (rtmp: number | 'off', rtmps: number | 'off') => {
    const environment = { PROSCENIUM_INGEST_RTMP_PORT: String(rtmp), PROSCENIUM_INGEST_RTMPS_PORT: String(rtmps) };
    return configWith({ listen: '127.0.0.1:1', environment });
  };

  test('may be free while no server runs, and are taken while one does', async (t) => {
    const [free, taken] = [await freePort(), await takeTcp(t)];
    const config = encodersOn(free, taken);
    assert.deepEqual(found(await encoderPortsCheck.run({ config }, unstopped)), [
      `ok: tcp/${free} is free`,
      `failed: tcp/${taken} is held by ${program} (pid ${process.pid})`,
    ]);
    assert.deepEqual(found(await encoderPortsCheck.run({ config, server }, unstopped)), [
      `failed: the server runs, and nothing listens on tcp/${free}`,
      `ok: tcp/${taken} has a listener: ${program} (pid ${process.pid})`,
    ]);
  });

  test('are not looked at that are off, or any that is free', async () => {
    const off = await encoderPortsCheck.run({ config: encodersOn('off', 'off') }, unstopped);
    assert.deepEqual(found(off), ['skipped: no encoders are waited for']);
    const any = await encoderPortsCheck.run({ config: encodersOn(0, 'off') }, unstopped);
    assert.deepEqual(found(any), ['skipped: the server takes any ports that are free']);
  });
});

test('nobody is found where nobody listens', async () => {
  assert.equal(await findPortHolder('tcp', await freePort()), undefined);
});
