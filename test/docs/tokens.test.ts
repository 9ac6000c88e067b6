import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { GetParticipantCommand, GetPublicKeyCommand, GetStageCommand } from '@aws-sdk/client-ivs-realtime';
import { awsEnvironment, awsMissing } from '../support/aws.ts';
import { codeBlocks } from '../support/code-blocks.ts';
import { connectEvents } from '../support/events-socket.ts';
import { pythonModuleMissing, systemPython } from '../support/python.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

const page = new URL('../../docs/tokens.md', import.meta.url);
const guardMs = 60_000;
const execute = promisify(execFile);

describe('The commands and programs of docs/tokens.md', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  let folder: string;
  let fingerprintCommand: string;

  const run = async (program: string, ...args: string[]): Promise<string> => {
    const options = { cwd: folder, env: awsEnvironment(server), timeout: guardMs };
    return (await execute(program, args, options)).stdout.trim();
  };
  const readJson = async (file: string) => JSON.parse(await readFile(path.join(folder, file), 'utf8'));

  before(async () => {
    server = await startServer();
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-docs-'));
    const blocks = codeBlocks(await readFile(page, 'utf8'));
    const [setUp = '', fingerprint = ''] = blocks.get('sh') ?? [];
    fingerprintCommand = fingerprint;
    for (const [language, file] of Object.entries({ js: 'sign.mjs', python: 'sign.py' })) {
      await writeFile(path.join(folder, file), blocks.get(language)?.join('\n') ?? '');
    }
    // Older versions of the CLI do not read the address from the environment.
    const aws = `aws() { command aws "$@" --endpoint-url '${server.endpoint}'; }`;
    await run('bash', '-ec', `${aws}\n${setUp}`);
  });
  after(async () => {
    await server?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  async function letsIn(token: string, userId: string, attributes: object): Promise<void> {
    const { events_url, jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    assert.equal(events_url, `${server.endpoint.replace('http', 'ws')}/events`);
    const socket = await connectEvents(token);
    const { stage } = await readJson('stage.json');
    const { stage: joined } = await server.client.send(new GetStageCommand({ arn: stage.arn }));
    const names = { stageArn: stage.arn, sessionId: joined?.activeSessionId, participantId: jti };
    const { participant } = await server.client.send(new GetParticipantCommand(names));
    assert.deepEqual([participant?.userId, participant?.attributes], [userId, attributes]);
    socket.close();
  }

  test('the key is imported, and openssl tells its fingerprint', async () => {
    const { publicKey } = await readJson('key.json');
    const known = await server.client.send(new GetPublicKeyCommand({ arn: publicKey.arn }));
    assert.deepEqual(known.publicKey, publicKey);
    assert.equal((await run('bash', '-c', fingerprintCommand)).split(' ').at(-1), publicKey.fingerprint);
  });

  test('a token signed with Node lets in', async () => {
    await letsIn(await run(process.execPath, 'sign.mjs', 'alice'), 'alice', { role: 'host' });
  });

  const pyJwtMissing = pythonModuleMissing('jwt.algorithms, cryptography', 'python3-jwt and python3-cryptography');
  test('a token signed with Python lets in', { skip: pyJwtMissing }, async () => {
    await letsIn(await run(systemPython, 'sign.py', 'bob'), 'bob', { role: 'guest' });
  });
});
