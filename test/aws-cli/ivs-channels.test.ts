import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { awsMissing, awsService, awsTest } from '../support/aws.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

interface Created {
  channel: { arn: string; name: string; tags: object };
  streamKey: { arn: string; value: string };
}

describe('The AWS CLI, on channels', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  async function run<Output>(...args: string[]): Promise<Output> {
    const { status, stdout, stderr } = await awsService(server, 'ivs', args);
    assert.equal(status, 0, stderr);
    return stdout === '' ? (undefined as Output) : JSON.parse(stdout);
  }

  /** What it says of a call that fails. */
  async function failure(...args: string[]): Promise<string> {
    const { status, stderr } = await awsService(server, 'ivs', args);
    assert.notEqual(status, 0);
    return stderr;
  }

  awsTest('creates, shows, lists, updates and deletes a channel', async () => {
    const created = await run<Created>('create-channel', '--name', 'show', '--type', 'BASIC', '--tags', 'team=red');
    const { channel } = created;
    assert.deepEqual([channel.name, channel.tags], ['show', { team: 'red' }]);
    const { arn } = channel;
    const { channel: other } = await run<Created>('create-channel');
    const missing = arn.replace(/\/.*/, '/nothingThere');
    const batch = await run<{ channels: object[]; errors: { code: string }[] }>(
      'batch-get-channel',
      '--arns',
      arn,
      missing,
    );
    assert.deepEqual(
      [batch.channels, batch.errors.map(({ code }) => code)],
      [[channel], ['ResourceNotFoundException']],
    );
    // Page after page, as the command does by itself.
    const { channels } = await run<{ channels: { arn: string }[] }>('list-channels', '--page-size', '1');
    assert.deepEqual(
      channels.map((each) => each.arn),
      [other.arn, arn],
    );
    const updated = await run<Created>('update-channel', '--arn', arn, '--insecure-ingest', '--latency-mode', 'NORMAL');
    assert.deepEqual(updated.channel, { ...channel, insecureIngest: true, latencyMode: 'NORMAL' });
    await run('delete-channel', '--arn', arn);
    assert.match(
      await failure('get-channel', '--arn', arn),
      /\(ResourceNotFoundException\).*GetChannel.*Channel not found/,
    );
  });

  awsTest('shows a stream key, and asks what is live', async () => {
    const { channel, streamKey } = await run<Created>('create-channel');
    assert.deepEqual(await run('get-stream-key', '--arn', streamKey.arn), { streamKey });
    const channelArn = ['--channel-arn', channel.arn];
    assert.match(await failure('create-stream-key', ...channelArn), /\(ServiceQuotaExceededException\)/);
    assert.match(await failure('get-stream', ...channelArn), /\(ChannelNotBroadcasting\).*The channel is not live/);
    assert.deepEqual(await run('list-streams', '--filter-by', 'health=HEALTHY'), { streams: [] });
  });

  awsTest('is told which operations of the low-latency API there are not', async () => {
    const says = await failure('list-recording-configurations');
    assert.match(says, /\(NotImplementedException\).*ListRecordingConfigurations.*this server does not have/);
  });
});
