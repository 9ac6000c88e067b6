import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { CreateParticipantTokenCommand } from '@aws-sdk/client-ivs-realtime';
import { codeBlocks } from '../support/code-blocks.ts';
import { connectEvents } from '../support/events-socket.ts';
import { systemPython } from '../support/python.ts';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const page = new URL('../../docs/events.md', import.meta.url);
const secret = 'a-secret-that-both-sides-know';

/** A program and the lines that it prints. */
class Program {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string, args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value = '' } = await this.#lines.next();
    return value;
  }

  /** The first line that begins so, without its beginning. */
  async lineAfter(beginning: string): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`The program ended before it printed '${beginning}'`);
      if (value.startsWith(beginning)) return value.slice(beginning.length);
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }
}

describe('The programs and commands of docs/events.md', () => {
  let server: ServerProcess;
  let folder: string;
  let commands: string[];
  let stage: TestStage;
  const receivers = new Map<string, Program>();
  const ports = new Map<string, string>();

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-docs-'));
    const blocks = codeBlocks(await readFile(page, 'utf8'));
    commands = blocks.get('sh') ?? [];
    const programs = [
      ['js', 'receive.mjs', process.execPath],
      ['python', 'receive.py', systemPython],
    ] as const;
    for (const [language, name, command] of programs) {
      const file = path.join(folder, name);
      await writeFile(file, blocks.get(language)?.join('\n') ?? '');
      const receiver = new Program(command, [file], { SECRET: secret, PORT: '0' });
      receivers.set(language, receiver);
      ports.set(language, await receiver.lineAfter('port '));
    }
    const targets = Array.from(ports, ([name, port]) => ({
      name,
      type: 'webhook',
      url: `http://127.0.0.1:${port}/`,
      secret,
    }));
    const misdirected = { name: 'wrong', type: 'webhook', url: targets[0]?.url, secret: 'not-what-the-receiver-knows' };
    const config = path.join(folder, 'config.yaml');
    // JSON is YAML.
    await writeFile(config, JSON.stringify({ events: { targets: [...targets, misdirected] } }));
    server = await startServer({ args: ['--config', config], env: { PROSCENIUM_MEDIA_WORKERS: '0' } });
    stage = await TestStage.create(server, ['alice']);
  });
  after(async () => {
    await server?.stop();
    for (const receiver of receivers.values()) await receiver.end();
    if (folder) await rm(folder, { recursive: true });
  });

  function shell(command: string): Program {
    const env = {
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_ACCESS_KEY_ID: testAccessKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: testAccessKey.secretAccessKey,
    };
    return new Program('bash', ['-ec', command], env);
  }

  /** Somebody who may not publish tries to. */
  async function causeEvent(): Promise<void> {
    const command = new CreateParticipantTokenCommand({
      stageArn: stage.arn,
      userId: 'bob',
      capabilities: ['SUBSCRIBE'],
    });
    const { participantToken } = await server.client.send(command);
    const token = participantToken?.token ?? '';
    const socket = await connectEvents(token);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
    const answer = await fetch(stage.whipUrl, { method: 'POST', headers, body: 'v=0\r\n' });
    assert.equal(answer.status, 403);
    socket.close();
  }

  test('a stream that curl follows, and the receivers in Node and Python, get what happens', async () => {
    const [signing = '', following = ''] = [commands[0]?.split('\n')[0], commands[1]];
    const curl = shell(`${signing}\n${following}`);
    assert.equal(await curl.line(), ': ');
    await causeEvent();
    const streamed = JSON.parse(await curl.lineAfter('data: '));
    await curl.end();
    assert.equal(streamed['detail-type'], 'IVS Stage Update');
    assert.deepEqual(streamed.resources, [stage.arn]);
    assert.equal(streamed.detail.event_name, 'Participant Publish Error');
    assert.equal(streamed.detail.error_code, 'INSUFFICIENT_CAPABILITIES');
    assert.equal(streamed.detail.user_id, 'bob');
    for (const receiver of receivers.values()) assert.deepEqual(JSON.parse(await receiver.line()), streamed);

    // The receiver in Node refused what was signed with another secret.
    const [, list = '', replay = ''] = commands[0]?.split('\n') ?? [];
    const deadLetters = await until(
      async () => JSON.parse(await shell(`${signing}\n${list}`).line()).deadLetters,
      (letters) => letters.length > 0,
    );
    assert.deepEqual(
      deadLetters.map(({ target, reason, event }: Record<string, unknown>) => [target, reason, event]),
      [['wrong', 'HTTP 401', streamed]],
    );
    assert.deepEqual(JSON.parse(await shell(`${signing}\n${replay}`).line()), { replayed: 1 });
    assert.doesNotMatch(server.log(), new RegExp(`${secret}|not-what-the-receiver-knows`));
  });

  for (const language of ['js', 'python']) {
    test(`the receiver in ${language} takes nothing that is forged, changed or old`, async () => {
      const url = `http://127.0.0.1:${ports.get(language)}/`;
      const now = Math.floor(Date.now() / 1_000);
      const post = async (timestamp: string, signed: string, body: string, key = secret) => {
        const signature = `v1=${createHmac('sha256', key).update(`${timestamp}.${signed}`).digest('hex')}`;
        const headers = { 'proscenium-timestamp': timestamp, 'proscenium-signature': signature };
        return (await fetch(url, { method: 'POST', headers, body })).status;
      };
      assert.equal(await post(String(now), '{}', '{}'), 204);
      assert.equal(await post(String(now - 290), 'ü', 'ü'), 204);
      assert.equal(await post(String(now), '{}', '{} '), 401);
      assert.equal(await post(String(now), '{}', '{}', 'another secret'), 401);
      assert.equal(await post(String(now - 310), '{}', '{}'), 401);
      assert.equal(await post(String(now + 310), '{}', '{}'), 401);
      assert.equal(await post('soon', '{}', '{}'), 401);
      for (const headers of [{}, { 'proscenium-timestamp': String(now), 'proscenium-signature': 'v1=' }]) {
        assert.equal((await fetch(url, { method: 'POST', headers, body: '{}' })).status, 401);
      }
    });
  }
});
