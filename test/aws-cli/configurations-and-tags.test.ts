import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { aws, awsJson, awsMissing, awsTest } from '../support/aws.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

interface StorageConfiguration {
  arn: string;
  name: string;
  s3: { bucketName: string };
  tags: Record<string, string>;
}

interface EncoderConfiguration {
  arn: string;
  name: string;
  video: Record<string, number>;
  tags: Record<string, string>;
}

describe('The AWS CLI, on configurations and tags', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  const run = <Output>(...args: string[]): Promise<Output> => awsJson<Output>(server, ...args);

  async function succeedsSilently(...args: string[]): Promise<void> {
    assert.deepEqual(await aws(server, args), { status: 0, stdout: '', stderr: '' });
  }

  awsTest('creates, shows, lists and deletes a storage configuration', async () => {
    const { storageConfiguration } = await run<{ storageConfiguration: StorageConfiguration }>(
      'create-storage-configuration',
      '--name',
      'archive',
      '--s3',
      'bucketName=show-archive',
      '--tags',
      'team=red',
    );
    const { arn, ...rest } = storageConfiguration;
    assert.deepEqual(rest, { name: 'archive', s3: { bucketName: 'show-archive' }, tags: { team: 'red' } });
    assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:storage-configuration\/[a-zA-Z0-9]{12}$/);
    assert.deepEqual(await run('get-storage-configuration', '--arn', arn), { storageConfiguration });
    assert.deepEqual(await run('list-storage-configurations'), { storageConfigurations: [storageConfiguration] });
    await succeedsSilently('delete-storage-configuration', '--arn', arn);
    assert.deepEqual(await run('list-storage-configurations'), { storageConfigurations: [] });
  });

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
    await succeedsSilently('delete-encoder-configuration', '--arn', arn);
    assert.deepEqual(await run('list-encoder-configurations'), { encoderConfigurations: [] });
  });

  awsTest('tags resources', async () => {
    const { stage } = await run<{ stage: { arn: string } }>('create-stage', '--tags', 'team=red');
    const { storageConfiguration } = await run<{ storageConfiguration: StorageConfiguration }>(
      'create-storage-configuration',
      '--s3',
      'bucketName=tagged',
      '--tags',
      'team=red',
    );
    for (const { arn } of [stage, storageConfiguration]) {
      await succeedsSilently('tag-resource', '--resource-arn', arn, '--tags', '{"team":"blue","cost center":"a+b/ü"}');
      assert.deepEqual(await run('list-tags-for-resource', '--resource-arn', arn), {
        tags: { team: 'blue', 'cost center': 'a+b/ü' },
      });
      await succeedsSilently('untag-resource', '--resource-arn', arn, '--tag-keys', 'team', 'cost center');
      assert.deepEqual(await run('list-tags-for-resource', '--resource-arn', arn), { tags: {} });
    }
  });
});
