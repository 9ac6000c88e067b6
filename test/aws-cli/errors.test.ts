import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { aws, awsMajorVersion, awsMissing, awsTest } from '../support/aws.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

const arn = 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh';

describe('The AWS CLI, when the server refuses', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  let serviceError: number;

  before(async () => {
    server = await startServer({ env: { PROSCENIUM_QUOTAS_STORAGE_CONFIGURATIONS: '1' } });
    serviceError = (await awsMajorVersion()) === 1 ? 255 : 254;
  });
  after(() => server?.stop());

  async function isRefused(args: string[], text: string | RegExp, env: Record<string, string> = {}): Promise<void> {
    const { status, stdout, stderr } = await aws(server, args, env);
    assert.deepEqual([status, stdout], [serviceError, '']);
    if (typeof text === 'string') assert.ok(stderr.includes(text), stderr);
    else assert.match(stderr, text);
  }

  awsTest('tells what is not found', async () => {
    const error = 'An error occurred (ResourceNotFoundException) when calling the';
    await isRefused(['get-stage', '--arn', arn], `${error} GetStage operation: Stage not found`);
    await isRefused(['delete-stage', '--arn', arn], `${error} DeleteStage operation: Stage not found`);
    await isRefused(
      ['list-tags-for-resource', '--resource-arn', arn],
      `${error} ListTagsForResource operation: Resource not found`,
    );
  });

  awsTest('tells what is not valid', async () => {
    const error = 'An error occurred (ValidationException) when calling the';
    await isRefused(
      ['create-stage', '--name', 'with space'],
      `${error} CreateStage operation: 1 validation error detected: Value 'with space' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9-_]*`,
    );
    await isRefused(
      ['create-participant-token', '--stage-arn', arn, '--duration', '20161', '--user-id', 'u'.repeat(129)],
      `${error} CreateParticipantToken operation: 2 validation errors detected: `,
    );
    await isRefused(['list-stages', '--next-token', 'made-up'], `${error} ListStages operation: `);
  });

  awsTest('tells that a quota is used up', async () => {
    const create = ['create-storage-configuration', '--s3', 'bucketName=only-one'];
    assert.equal((await aws(server, create)).status, 0);
    await isRefused(
      create,
      'An error occurred (ServiceQuotaExceededException) when calling the CreateStorageConfiguration operation: ',
    );
  });

  awsTest('tells that a resource is in use', async () => {
    const { stdout } = await aws(server, ['list-storage-configurations', '--query', 'storageConfigurations[0].arn']);
    const used = JSON.parse(stdout);
    const recording = `storageConfigurationArn=${used}`;
    const created = await aws(server, ['create-stage', '--auto-participant-recording-configuration', recording]);
    assert.equal(created.status, 0, created.stderr);
    await isRefused(
      ['delete-storage-configuration', '--arn', used],
      'An error occurred (ConflictException) when calling the DeleteStorageConfiguration operation: ',
    );
  });

  awsTest('tells whom it does not know', async () => {
    await isRefused(['list-stages'], 'An error occurred (UnrecognizedClientException) when calling the ListStages', {
      AWS_ACCESS_KEY_ID: 'PRSCSTRANGERSTRANGER',
    });
    await isRefused(['list-stages'], 'An error occurred (InvalidSignatureException) when calling the ListStages', {
      AWS_SECRET_ACCESS_KEY: 'wrong',
    });
  });
});
