import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';

const launcher = path.join(import.meta.dirname, '../bin/proscenium');

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'proscenium-serve-'));
});
after(() => rmSync(folder, { recursive: true }));

const withoutMedia = { PROSCENIUM_MEDIA_WORKERS: '0' };

function run(
  options: string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcessByStdio<null, Readable, Readable> & { ended: Promise<number>; log: Promise<string> } {
  const child = spawn(launcher, ['serve', ...options], {
    cwd: folder,
    env: { ...process.env, PROSCENIUM_MEDIA_WORKERS: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(([exitCode]) => exitCode as number);
  return Object.assign(child, { ended, log: text(child.stderr) });
}

describe('proscenium serve', () => {
  test('says as JSON that it is ready when it is, logs to standard error, and ends on SIGTERM', async () => {
    const server = run(['--json', '--listen', '127.0.0.1:0', '--data', 'first']);
    const lines = createInterface(server.stdout);
    const [line] = await once(lines, 'line');
    const announcement = JSON.parse(line);
    assert.equal(announcement.ready, true);
    assert.equal(announcement.account, '123456789012');
    assert.ok(announcement.media.ports.every(({ port }: { port: number }) => port > 0));
    assert.equal((await fetch(`${announcement.endpoint}/readyz`)).status, 200);

    const further: string[] = [];
    lines.on('line', (each) => further.push(each));
    server.kill('SIGTERM');
    assert.equal(await server.ended, 0);
    assert.deepEqual(further, []);

    const log = await server.log;
    for (const entry of log.trimEnd().split('\n')) assert.equal(typeof JSON.parse(entry).msg, 'string');
    const { credentialsFile } = announcement;
    assert.equal(credentialsFile, path.join(folder, 'first/credentials'));
    assert.equal(statSync(credentialsFile).mode & 0o777, 0o600);
    const secret = /aws_secret_access_key = (\S+)/.exec(readFileSync(credentialsFile, 'utf8'))?.[1];
    assert.ok(secret && !`${line}${log}`.includes(secret));
  });

  test('tells people how to go on, the address last', async () => {
    const server = run(['--listen', '127.0.0.1:0', '--data', 'second'], withoutMedia);
    let said = '';
    for await (const line of createInterface(server.stdout)) {
      said += `${line}\n`;
      if (line.startsWith('Ready at ')) server.kill('SIGINT');
    }
    assert.match(said, /\nReady at http:\/\/127\.0\.0\.1:\d+\n$/);
    assert.match(said, /export AWS_SHARED_CREDENTIALS_FILE=\S+\/second\/credentials /);
    assert.equal(await server.ended, 0);
  });

  test('writes no credentials when the environment brings the first access key', async () => {
    const keys = { PROSCENIUM_ACCESS_KEY_ID: 'PRSCEXAMPLE', PROSCENIUM_SECRET_ACCESS_KEY: 'hidden' };
    const server = run(['--json', '--listen', '127.0.0.1:0', '--data', 'third'], { ...keys, ...withoutMedia });
    const [line] = await once(createInterface(server.stdout), 'line');
    assert.equal(JSON.parse(line).credentialsFile, undefined);
    server.kill('SIGTERM');
    assert.equal(await server.ended, 0);
  });

  test('with --testing takes orders of tests, and leaves nothing behind', async () => {
    const server = run(['--json', '--testing', '--listen', '127.0.0.1:0'], withoutMedia);
    const [line] = await once(createInterface(server.stdout), 'line');
    const { endpoint, credentialsFile } = JSON.parse(line);
    const data = path.dirname(credentialsFile);
    assert.equal(path.dirname(data), os.tmpdir());
    assert.equal(statSync(data).mode & 0o777, 0o700);
    const headers = { 'content-type': 'application/json' };
    const reset = await fetch(`${endpoint}/proscenium/testing/reset`, { method: 'POST', headers, body: '{}' });
    assert.equal(reset.status, 200);
    server.kill('SIGTERM');
    assert.equal(await server.ended, 0);
    assert.equal(existsSync(data), false);
  });

  test('with --testing and --data leaves the data where they are', async () => {
    const server = run(['--json', '--testing', '--data', 'kept', '--listen', '127.0.0.1:0'], withoutMedia);
    await once(createInterface(server.stdout), 'line');
    server.kill('SIGTERM');
    assert.equal(await server.ended, 0);
    assert.ok(existsSync(path.join(folder, 'kept/proscenium.db')));
  });

  test('with --until-stdin-ends goes when whoever started it goes, however that comes about', async () => {
    const start = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.argv[1], process.argv.slice(2), { stdio: ['pipe', 'inherit', 'inherit'] });
    `;
    const options = ['serve', '--json', '--testing', '--until-stdin-ends', '--listen', '127.0.0.1:0'];
    const parent = spawn(process.execPath, ['--eval', start, launcher, ...options], {
      env: { ...process.env, ...withoutMedia },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = text(parent.stderr);
    const lines = createInterface(parent.stdout);
    const [line] = await once(lines, 'line');
    const { endpoint, credentialsFile } = JSON.parse(line);
    parent.kill('SIGKILL');
    // The server holds the other end of both outputs.
    assert.match(await log, /standard input has ended/);
    await assert.rejects(fetch(`${endpoint}/healthz`), TypeError);
    assert.equal(existsSync(path.dirname(credentialsFile)), false);
  });

  test('refuses options that it cannot use with exit code 2, naming them', async () => {
    writeFileSync(path.join(folder, 'wrong.yaml'), 'media: { prot: 1 }');
    for (const [options, complaint] of [
      [['--config', 'wrong.yaml'], /^wrong\.yaml: media\.prot: there is no such option\n$/],
      [['--listen', 'nowhere'], /^--listen: must be HOST:PORT\n$/],
      [['--lissten'], /unknown option '--lissten'/],
      [['--testing', '--listen', '0.0.0.0:0'], /^testing\.enabled: only where `listen` is a loopback address/],
    ] as const) {
      const refused = run([...options]);
      assert.match(await refused.log, complaint);
      assert.equal(await refused.ended, 2);
    }
  });

  test('ends with exit code 1 when it cannot start', async (context) => {
    const other = createServer().listen(0, '127.0.0.1');
    context.after(() => other.close());
    await once(other, 'listening');
    const address = other.address();
    assert.ok(address !== null && typeof address === 'object');
    const environment = { PROSCENIUM_MEDIA_PORT: '0' };
    const refused = run(['--listen', `127.0.0.1:${address.port}`, '--data', 'fourth'], environment);
    assert.match(await refused.log, /EADDRINUSE/);
    assert.equal(await refused.ended, 1);
  });
});
