import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CreateIngestConfigurationCommand } from '@aws-sdk/client-ivs-realtime';
import { runCommand as runOwnCommand } from '../../packages/cli/src/ivs-realtime/scripted-service.fixture.ts';
import { type AwsResult, awsCommand, awsEnvironment, awsMissing, awsTest, runCommand } from '../support/aws.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { connectEvents } from '../support/events-socket.ts';
import { createKeyPair } from '../support/key-pair.ts';
import { RecordingRelay } from '../support/recording-relay.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

const launcher = fileURLToPath(new URL('../../node_modules/.bin/proscenium', import.meta.url));
const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdefABCDEF';

describe('Beside the AWS CLI, proscenium ivs-realtime', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  let relay: RecordingRelay;
  let stage: TestStage;
  let sessionId: string;
  let folder: string;
  /** Of the AWS configuration file. Versions of the AWS CLI differ in what they print without one. */
  let timestamps = 'iso8601';

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-cli-'));
    for (const format of ['iso8601', 'wire']) {
      await writeFile(path.join(folder, format), `[default]\ncli_timestamp_format = ${format}\n`);
    }
    server = await startServer();
    relay = await RecordingRelay.start(server.endpoint);
    stage = await TestStage.create(server, ['alice', 'bob']);
    await connectEvents(stage.invited('alice').token);
    await connectEvents(stage.invited('bob').token);
    sessionId = await stage.activeSessionId();
  });
  after(async () => {
    relay?.close();
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  /** Both run the same command, and get the same answers. Resolves with what both print. */
  async function both(...words: string[]): Promise<string> {
    relay.record();
    return await compare(words);
  }

  /** Both get the answers that the command before got. */
  async function bothAgain(...words: string[]): Promise<string> {
    relay.replay();
    return await compare(words);
  }

  async function compare(words: string[], runOurs = runHere): Promise<string> {
    const shown = words.join(' ');
    const theirs = await run(await awsCommand(), words);
    const called = relay.calls;
    relay.replay();
    const ours = await runOurs(words);
    assert.deepEqual(relay.calls, called, `requests of ${shown}`);
    assert.equal(ours.stdout, theirs.stdout, shown);
    if (theirs.status === 0) {
      assert.equal(ours.status, 0, `${shown}: ${ours.stderr}`);
    } else {
      assert.ok(ours.stderr.includes(messageOf(theirs)), `${shown}\n${theirs.stderr}\n${ours.stderr}`);
    }
    return ours.stdout;
  }

  const environment = () => ({ ...awsEnvironment(server), AWS_CONFIG_FILE: path.join(folder, timestamps) });

  async function run(program: string, words: string[], endpoint = relay.endpoint): Promise<AwsResult> {
    return await runCommand(program, ['ivs-realtime', ...words, '--endpoint-url', endpoint], environment());
  }

  /** Ours in this process, which takes a tenth of what the program takes. */
  async function runHere(words: string[]): Promise<AwsResult> {
    const run = await runOwnCommand([...words, '--endpoint-url', relay.endpoint], environment());
    return { status: run.exitCode, stdout: run.output, stderr: run.error };
  }

  const pick = (json: string, ...names: string[]): string =>
    names.reduce((value, name) => value[name], JSON.parse(json)) as unknown as string;

  awsTest('prints the same for stages, tokens and tags', async () => {
    const created = await both(
      'create-stage',
      ...['--name', 'show', '--tags', 'team=red,2=b,1=ä'],
      '--participant-token-configurations',
      ...['userId=carol,capabilities=PUBLISH,SUBSCRIBE,attributes={role=host}', 'userId=dave,duration=5'],
    );
    const arn = pick(created, 'stage', 'arn');
    for (const options of [
      ['--output', 'table'],
      ['--output', 'text'],
      ['--query', 'participantTokens[?userId!=`dave`].{who: userId, may: capabilities}', '--output', 'table'],
      ['--query', 'stage.[name, tags, keys(endpoints), to_string(tags)]'],
    ]) {
      await bothAgain('create-stage', '--name', 'show', ...options);
    }
    await both(
      'create-participant-token',
      '--stage-arn',
      arn,
      '--attributes',
      '{"a": "b"}',
      '--capabilities',
      'PUBLISH',
    );
    await both('update-stage', '--arn', arn, '--cli-input-json', '{"name": "late"}');
    await both('get-stage', '--arn', arn);
    await bothAgain('get-stage', '--arn', arn, '--output', 'table');
    await both('list-stages', '--max-results', '1');
    await bothAgain('list-stages', '--output', 'text');
    await both('tag-resource', '--resource-arn', arn, '--tags', '{"a b": "c", "team": "blue"}');
    await both('list-tags-for-resource', '--resource-arn', arn);
    await both('untag-resource', '--resource-arn', arn, '--tag-keys', 'a b', 'team');
    await both('delete-stage', '--arn', arn);
    await both('get-stage', '--arn', arn);
  });

  awsTest('prints the same for sessions and participants', async () => {
    const of = ['--stage-arn', stage.arn, '--session-id', sessionId];
    const alice = ['--participant-id', stage.invited('alice').participantId];
    await both('list-stage-sessions', '--stage-arn', stage.arn);
    await both('get-stage-session', ...of);
    timestamps = 'wire';
    await bothAgain('get-stage-session', ...of);
    timestamps = 'iso8601';
    await both('list-participants', ...of, '--no-filter-by-published');
    await bothAgain('list-participants', ...of, '--output', 'table');
    await bothAgain(
      'list-participants',
      ...of,
      '--query',
      'sort_by(participants, &userId)[].[userId,state]',
      '--output',
      'text',
    );
    await both('get-participant', ...of, ...alice);
    await bothAgain('get-participant', ...of, ...alice, '--output', 'table');
    await both('list-participant-events', ...of, ...alice);
    await bothAgain('list-participant-events', ...of, ...alice, '--output', 'text');
    await both('list-participant-replicas', '--source-stage-arn', stage.arn, ...alice);
    const replication = ['--source-stage-arn', stage.arn, '--destination-stage-arn', stage.arn, ...alice];
    await both('start-participant-replication', ...replication, '--reconnect-window-seconds', '300');
    await both('stop-participant-replication', ...replication);
    await both('disconnect-participant', '--stage-arn', stage.arn, ...alice, '--reason', 'late');
  });

  awsTest('prints the same for configurations and compositions', async () => {
    const encoder = await both(
      'create-encoder-configuration',
      ...['--video', 'bitrate=3500000,framerate=29.97,height=1080,width=1920', '--name', 'hd'],
    );
    const encoderArn = pick(encoder, 'encoderConfiguration', 'arn');
    await both('get-encoder-configuration', '--arn', encoderArn);
    await bothAgain('get-encoder-configuration', '--arn', encoderArn, '--output', 'table');
    await both('list-encoder-configurations');
    const storage = await both('create-storage-configuration', '--s3', 'bucketName=archive');
    const storageArn = pick(storage, 'storageConfiguration', 'arn');
    await both('get-storage-configuration', '--arn', storageArn);
    await both('list-storage-configurations');

    const composition = await both(
      'start-composition',
      ...['--stage-arn', stage.arn, '--layout', 'pip={pipBehavior=STATIC,pipOffset=2}', '--destinations'],
      `channel={channelArn=${channelArn},encoderConfigurationArn=${encoderArn}},name=air`,
      `s3={storageConfigurationArn=${storageArn},encoderConfigurationArns=[${encoderArn}]}`,
    );
    const arn = pick(composition, 'composition', 'arn');
    await both('get-composition', '--arn', arn);
    await bothAgain('get-composition', '--arn', arn, '--output', 'table');
    await bothAgain('get-composition', '--arn', arn, '--output', 'text');
    await both('list-compositions', '--filter-by-stage-arn', stage.arn);
    await both('stop-composition', '--arn', arn);
    await both('delete-encoder-configuration', '--arn', encoderArn);
    await both('delete-storage-configuration', '--arn', storageArn);
  });

  awsTest('prints the same for keys and ingest configurations, page by page', async (t) => {
    const { publicFile } = createKeyPair(await createDataFolder(t));
    const key = await both('import-public-key', '--public-key-material', `file://${publicFile}`, '--name', 'first');
    const keyArn = pick(key, 'publicKey', 'arn');
    await both('get-public-key', '--arn', keyArn);
    await both('list-public-keys');
    await both('delete-public-key', '--arn', keyArn);

    // Which headers are members differs between versions of the AWS CLI.
    const shown = ['--query', 'ingestConfiguration'];
    const protocol = ['--ingest-protocol', 'rtmps'];
    const ingest = await both(
      'create-ingest-configuration',
      ...protocol,
      '--attributes',
      'seat=1',
      '--no-insecure-ingest',
      ...shown,
    );
    const arn = pick(ingest, 'arn');
    for (const name of ['second', 'third']) {
      await server.client.send(new CreateIngestConfigurationCommand({ name, ingestProtocol: 'RTMPS' }));
    }
    await both('get-ingest-configuration', '--arn', arn);
    await both('update-ingest-configuration', '--arn', arn, '--stage-arn', stage.arn, '--redundant-ingest', ...shown);
    await both('list-ingest-configurations', '--page-size', '2');
    await bothAgain('list-ingest-configurations', '--page-size', '2', '--output', 'text');
    await bothAgain('list-ingest-configurations', '--page-size', '2', '--output', 'table');
    const some = await both('list-ingest-configurations', '--page-size', '2', '--max-items', '1');
    await both('list-ingest-configurations', '--starting-token', pick(some, 'NextToken'));
    await both('list-ingest-configurations', '--max-results', '1');
    await both('list-ingest-configurations', '--max-items', '1', '--output', 'text');
    await both('delete-ingest-configuration', '--arn', arn, '--force');
  });

  awsTest('refuses the same command lines', async () => {
    for (const words of [
      ['get-stage'],
      ['get-stage', '--arn', 'x', '--bogus', '1'],
      ['get-stage-session', '--stage-arn', 'x', '--session-id', 'st-1'],
      ['list-stages', '--max-results', 'few'],
      ['list-stages', '--query', 'stages[?name=='],
      ['create-stage', '--tags', 'a=b,a=c'],
      ['create-stage', '--auto-participant-recording-configuration', '{"mediaTypes": "NONE", "x": 1}'],
      ['create-stage', '--cli-input-json', '{"name": }'],
      ['import-public-key', '--public-key-material', 'file:///no/such/file'],
    ]) {
      await both(...words);
    }
  });

  awsTest('prints the same as a program of its own', async () => {
    for (const words of [
      ['get-stage-session', '--stage-arn', stage.arn, '--session-id', sessionId],
      ['list-stages', '--output', 'table'],
      ['get-stage', '--arn', `${stage.arn}x`],
      ['get-stage', '--bogus'],
    ]) {
      relay.record();
      await compare(words, (each) => run(launcher, each));
    }
  });

  test('signs requests of all methods so that the server takes them', async () => {
    for (const words of [
      ['tag-resource', '--resource-arn', stage.arn, '--tags', '{"a b": "c"}'],
      ['untag-resource', '--resource-arn', stage.arn, '--tag-keys', 'a b', 'x'],
      ['list-tags-for-resource', '--resource-arn', stage.arn],
      ['revoke-connection-token', '--token-id', stage.invited('bob').participantId],
    ]) {
      const { status, stderr } = await run(launcher, words, server.endpoint);
      assert.equal(status, 0, `${words.join(' ')}: ${stderr}`);
    }
  });
});

/** What standard error says in the end, however the usage before it is worded. */
function messageOf({ stderr }: AwsResult): string {
  const text = stderr.trim();
  return text.slice(
    text.search(
      /An error occurred|Error parsing|Parameter validation|Unknown options|Bad value|invalid literal|the following/,
    ),
  );
}
