import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import {
  CreateEncoderConfigurationCommand,
  CreateStageCommand,
  IVSRealTimeClient,
  StartCompositionCommand,
  StopCompositionCommand,
} from '@aws-sdk/client-ivs-realtime';
import { makeFolder, run, runJson, serveFolder } from '../proscenium.fixture.ts';
import { readMessages } from './server-sent.ts';

const credentials = {
  accessKeyId: 'PRSCEXAMPLEEXAMPLEEX',
  secretAccessKey: 'example-secret-example-secret-example-00',
};
const keys = {
  PROSCENIUM_ACCESS_KEY_ID: credentials.accessKeyId,
  PROSCENIUM_SECRET_ACCESS_KEY: credentials.secretAccessKey,
};
const callers = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
Object.assign(process.env, callers);

test('events are followed, and what could not be delivered is listed and sent again', async (t) => {
  const folder = await makeFolder(t);
  let status = 400;
  const delivered = Promise.withResolvers<string>();
  const receiver = createServer(async (request, response) => {
    const event = JSON.parse(await text(request));
    if (status === 204) delivered.resolve(event.id);
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  t.after(() => receiver.close());
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const config = path.join(folder, 'config.yaml');
  const target = { name: 'hook', type: 'webhook', url, secret: 'a-text-of-sixteen-characters-or-more' };
  await writeFile(config, JSON.stringify({ events: { targets: [target] } }));
  const { endpoint } = await serveFolder(t, path.join(folder, 'data'), keys, ['--config', config]);
  const client = new IVSRealTimeClient({ endpoint, region: 'us-west-2', credentials });
  t.after(() => client.destroy());

  const { stage } = await client.send(new CreateStageCommand({}));
  const { encoderConfiguration } = await client.send(new CreateEncoderConfigurationCommand({}));
  const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';
  const channel = { channelArn, encoderConfigurationArn: encoderConfiguration?.arn };
  const { composition } = await client.send(
    new StartCompositionCommand({ stageArn: stage?.arn, destinations: [{ channel }] }),
  );
  await client.send(new StopCompositionCommand({ arn: composition?.arn }));

  const here = ['--endpoint', endpoint, '--region', 'us-west-2'];
  // Behind an event that nobody knows is where those that are kept begin.
  const tailed = await run(['events', 'tail', ...here, '--after', 'none', '--limit', '1', '--json']);
  assert.equal(tailed.status, 0, tailed.stderr);
  const event = JSON.parse(tailed.stdout);
  assert.equal(event['detail-type'], 'IVS Composition State Change');
  const described = await run(['events', 'tail', ...here, '--after', 'none', '--limit', '1']);
  assert.match(described.stdout, /^\S+Z {2}\w+ \w+ {2}composition\/\w{12}\n$/);

  const findLetter = async () => {
    const { deadLetters } = await runJson('events', 'dead-letters', ...here);
    return deadLetters.find((letter: { event: { id: string } }) => letter.event.id === event.id);
  };
  let letter = await findLetter();
  while (letter === undefined) letter = await findLetter();
  assert.equal(letter.target, 'hook');
  const shown = await run(['events', 'dead-letters', ...here, '--target', 'hook']);
  assert.ok(shown.stdout.includes(event.id));
  assert.equal((await run(['events', 'dead-letters', ...here, '--target', 'other'])).stdout, 'No dead letters\n');

  status = 204;
  assert.deepEqual(await runJson('events', 'replay', ...here, '--event', event.id), { replayed: 1 });
  assert.equal(await delivered.promise, event.id);

  const other = await run(['events', 'replay', ...here, '--target', 'other']);
  assert.deepEqual([other.status, other.stderr], [1, 'The server answered 400: There is no such target\n']);
  const wrong = await run(['events', 'tail', ...here, '--pattern', '{"a":1}']);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /^The server answered 400: pattern: /);
});

test('a server that is not there is told with what to do about it', async () => {
  const { status, stderr } = await run(['events', 'tail', '--endpoint', 'http://127.0.0.1:1']);
  assert.deepEqual([status, stderr.split('.')[0]], [1, 'No connection: nothing listens there']);
  const listing = await run(['events', 'dead-letters', '--endpoint', 'http://127.0.0.1:1']);
  assert.match(listing.stderr, /^http:\/\/127\.0\.0\.1:1: nothing listens there\. Start the server/);
});

test('messages are put together however they come in pieces', async () => {
  const stream = Buffer.from(': alive\n\nid: 1\ndata: {"a":"ü"}\n\nid: 2\ndata: {}\n\n: alive\n\nid: 3\nda');
  for (const size of [1, 7, stream.length]) {
    async function* pieces() {
      for (let at = 0; at < stream.length; at += size) yield stream.subarray(at, at + size);
    }
    assert.deepEqual(await Array.fromAsync(readMessages(pieces())), [
      { id: '1', data: '{"a":"ü"}' },
      { id: '2', data: '{}' },
    ]);
  }
});
