import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe } from 'node:test';
import { awsCommand, awsMajorVersion, awsMissing, awsTest, cleanEnvironment, runCommand } from './aws.ts';

const arn = 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh';
const stage = { arn, name: 'show', tags: { place: 'Zürich' } };

const skip = (await awsMissing()) || ((await awsMajorVersion()) !== 1 && 'the AWS CLI here is not version 1');
describe('The preloaded aws', { skip }, () => {
  let folder: string;
  let service: Server;
  /** What came, without what differs from one call to the next. */
  let requests: object[];
  /** So many requests are answered together. */
  let together = 1;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-calls-'));
    await writeFile(path.join(folder, 'request.json'), JSON.stringify({ name: 'show' }));
    await writeFile(path.join(folder, 'tags.json'), JSON.stringify(stage.tags));
    let answers: (() => void)[] = [];
    service = createServer(async (request, response) => {
      const { method, url, headers } = request;
      const [agent] = headers['user-agent']?.split(' ') ?? [];
      const [, , region] = headers.authorization?.split('/') ?? [];
      requests.push({ method, url, agent, region, body: await text(request) });
      answers.push(() => {
        if (url === '/CreateStage') return response.end(JSON.stringify({ stage }));
        response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' });
        return response.end(JSON.stringify({ exceptionMessage: 'Stage not found' }));
      });
      if (answers.length < together) return;
      for (const answer of answers) answer();
      answers = [];
    });
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
  });
  after(async () => {
    service?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  /** Runs a command in the folder, with something to read. @returns all that others see of it */
  async function run(command: string, words: string[], env: Record<string, string> = {}): Promise<object> {
    requests = [];
    const endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const keys = {
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'a-secret',
      AWS_DEFAULT_REGION: 'us-west-2',
    };
    const inFolder = `cd '${folder}' && exec "$0" ivs-realtime "$@" --endpoint-url ${endpoint} <tags.json`;
    const result = await runCommand('sh', ['-c', inFolder, command, ...words], {
      ...cleanEnvironment(),
      ...keys,
      ...env,
    });
    return { ...result, requests };
  }

  awsTest('asks, prints and ends as the command itself does', async () => {
    const preloaded = await awsCommand();
    assert.notEqual(preloaded, 'aws');
    const create = ['create-stage', '--cli-input-json', 'file://request.json', '--tags', 'file:///dev/stdin'];
    const attributes = 'userId=ä,attributes={a=ö}';
    for (const [words, env, status] of [
      [[...create, '--participant-token-configurations', attributes], { AWS_DEFAULT_REGION: 'eu-west-1' }, 0],
      [[...create, '--output', 'table', '--query', 'stage.{tags: tags, name: name}'], {}, 0],
      [['get-stage', '--arn', arn], {}, 255],
      [['get-stage'], {}, 2],
    ] as const) {
      const expected = await run('aws', [...words], env);
      assert.partialDeepStrictEqual(expected, { status });
      assert.deepEqual(await run(preloaded, [...words], env), expected);
    }
  });

  awsTest('runs commands that wait for each other', async (t) => {
    together = 2;
    t.after(() => {
      together = 1;
    });
    const command = await awsCommand();
    const results = await Promise.all(
      ['first', 'second'].map((name) => run(command, ['create-stage', '--name', name])),
    );
    for (const result of results) assert.partialDeepStrictEqual(result, { status: 0, stderr: '' });
    assert.equal(requests.length, 2);
  });
});
