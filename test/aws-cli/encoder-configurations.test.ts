import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { aws, awsJson, awsMissing, awsTest } from '../support/aws.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

interface EncoderConfiguration {
  arn: string;
  name: string;
  video: Record<string, number>;
  tags: Record<string, string>;
}

describe('The AWS CLI, on encoder configurations', { skip: awsMissing() }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  const run = <Output>(...args: string[]): Promise<Output> => awsJson<Output>(server, ...args);

  awsTest('creates, shows, lists and deletes an encoder configuration', async () => {
    const { encoderConfiguration } = await run<{ encoderConfiguration: EncoderConfiguration }>(
      'create-encoder-configuration',
      '--name',
      'full-hd',
      '--video',
      'bitrate=3500000,framerate=30.0,height=1080,width=1920',
      '--tags',
      'team=red',
    );
    const { arn, ...rest } = encoderConfiguration;
    const summary = { name: 'full-hd', tags: { team: 'red' } };
    assert.deepEqual(rest, { ...summary, video: { width: 1920, height: 1080, framerate: 30, bitrate: 3_500_000 } });
    assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:encoder-configuration\/[a-zA-Z0-9]{12}$/);
    assert.deepEqual(await run('get-encoder-configuration', '--arn', arn), { encoderConfiguration });
    assert.deepEqual(await run('list-encoder-configurations'), { encoderConfigurations: [{ arn, ...summary }] });
    const silence = { status: 0, stdout: '', stderr: '' };
    assert.deepEqual(await aws(server, ['delete-encoder-configuration', '--arn', arn]), silence);
    assert.deepEqual(await run('list-encoder-configurations'), { encoderConfigurations: [] });
  });
});
