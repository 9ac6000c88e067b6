import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { aws, awsJson, awsMissing, awsTest } from '../support/aws.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

interface IngestConfiguration extends Record<string, unknown> {
  arn: string;
  participantId: string;
  streamKey: string;
}

/** Newer versions print members that travel as headers too. */
interface Answer {
  ingestConfiguration: IngestConfiguration;
}

describe('The AWS CLI, on ingest configurations', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  const run = <Output>(...args: string[]): Promise<Output> => awsJson<Output>(server, ...args);

  awsTest('creates, shows, lists, updates and deletes an ingest configuration', async () => {
    const { stage } = await run<{ stage: { arn: string } }>('create-stage');
    // The protocol is in lower case as in a published example.
    const { ingestConfiguration } = await run<Answer>(
      'create-ingest-configuration',
      '--name',
      'studio',
      '--ingest-protocol',
      'rtmps',
      '--user-id',
      'camera',
      '--attributes',
      'role=programme',
      '--tags',
      'team=red',
    );
    const { arn, participantId, streamKey, attributes, tags, ...rest } = ingestConfiguration;
    const summary = {
      name: 'studio',
      ingestProtocol: 'RTMPS',
      stageArn: '',
      state: 'INACTIVE',
      userId: 'camera',
      redundantIngest: false,
    };
    assert.deepEqual([rest, attributes, tags], [summary, { role: 'programme' }, { team: 'red' }]);
    assert.match(streamKey, /^rt_123456789012_us-west-2_[a-zA-Z0-9]{12}_[a-zA-Z0-9]{32}$/);
    assert.deepEqual(await run('get-ingest-configuration', '--arn', arn), { ingestConfiguration });
    assert.deepEqual(await run('list-ingest-configurations', '--filter-by-state', 'INACTIVE'), {
      ingestConfigurations: [{ ...summary, arn, participantId }],
    });

    const updated = await run<Answer>(
      'update-ingest-configuration',
      '--arn',
      arn,
      '--stage-arn',
      stage.arn,
      '--redundant-ingest',
    );
    const { redundantIngestCredentials, ...others } = updated.ingestConfiguration;
    assert.deepEqual(others, { ...ingestConfiguration, stageArn: stage.arn, redundantIngest: true });
    assert.equal((redundantIngestCredentials as unknown[]).length, 2);

    const silence = { status: 0, stdout: '', stderr: '' };
    assert.deepEqual(await aws(server, ['delete-ingest-configuration', '--arn', arn, '--force']), silence);
    assert.deepEqual(await run('list-ingest-configurations', '--filter-by-stage-arn', stage.arn), {
      ingestConfigurations: [],
    });
  });

  awsTest('tells that plain RTMP must be wished for', async () => {
    const { status, stderr } = await aws(server, ['create-ingest-configuration', '--ingest-protocol', 'RTMP']);
    assert.notEqual(status, 0);
    assert.ok(
      stderr.includes(
        '(ValidationException) when calling the CreateIngestConfiguration operation: RTMP is not encrypted',
      ),
      stderr,
    );
    await run('create-ingest-configuration', '--ingest-protocol', 'RTMP', '--insecure-ingest');
  });
});
