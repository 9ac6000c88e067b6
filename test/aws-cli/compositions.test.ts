import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { aws, awsJson, awsMissing, awsTest } from '../support/aws.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

interface Composition {
  arn: string;
  state: string;
  layout: { pip: Record<string, unknown> };
  destinations: { id: string; state: string; configuration: object; detail?: object }[];
}

const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdefABCDEF';

describe('The AWS CLI, on compositions', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  const run = <Output>(...args: string[]): Promise<Output> => awsJson<Output>(server, ...args);

  awsTest('starts, shows, lists and stops a composition', async () => {
    const { stage } = await run<{ stage: { arn: string } }>('create-stage');
    const { encoderConfiguration } = await run<{ encoderConfiguration: { arn: string } }>(
      'create-encoder-configuration',
    );
    const { storageConfiguration } = await run<{ storageConfiguration: { arn: string } }>(
      'create-storage-configuration',
      '--s3',
      'bucketName=show-archive',
    );
    const channel = `{channelArn=${channelArn},encoderConfigurationArn=${encoderConfiguration.arn}}`;
    const s3 = {
      storageConfigurationArn: storageConfiguration.arn,
      encoderConfigurationArns: [encoderConfiguration.arn],
    };
    const start = [
      'start-composition',
      '--stage-arn',
      stage.arn,
      '--layout',
      'pip={pipBehavior=STATIC,pipOffset=2}',
      '--destinations',
      JSON.stringify([{ s3 }]),
      '--idempotency-token',
      'once',
    ];
    const { composition } = await run<{ composition: Composition }>(...start);
    const { arn, destinations, layout } = composition;
    assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:composition\/[a-zA-Z0-9]{12}$/);
    assert.equal(layout.pip.pipOffset, 2);
    const prefix = `${stage.arn.split('/')[1]}/${arn.split('/')[1]}/${destinations[0]?.id}/composite`;
    assert.deepEqual(destinations[0]?.detail, { s3: { recordingPrefix: prefix } });
    assert.deepEqual(await run(...start), { composition }, 'the same token');
    assert.deepEqual(await run('get-composition', '--arn', arn), { composition });

    const { composition: other } = await run<{ composition: Composition }>(
      'start-composition',
      '--stage-arn',
      stage.arn,
      '--destinations',
      `name=air,channel=${channel}`,
    );
    assert.deepEqual(other.destinations[0]?.configuration, {
      name: 'air',
      channel: { channelArn, encoderConfigurationArn: encoderConfiguration.arn },
    });
    const { compositions } = await run<{ compositions: Composition[] }>(
      'list-compositions',
      '--filter-by-stage-arn',
      stage.arn,
      '--filter-by-encoder-configuration-arn',
      encoderConfiguration.arn,
    );
    assert.deepEqual(
      compositions.map((listed) => [listed.arn, listed.state]),
      [
        [other.arn, 'STARTING'],
        [arn, 'STARTING'],
      ],
    );

    const inUse = await aws(server, ['delete-encoder-configuration', '--arn', encoderConfiguration.arn]);
    assert.match(inUse.stderr, /\(ConflictException\).*in use by a running composition/);
    const silence = { status: 0, stdout: '', stderr: '' };
    assert.deepEqual(await aws(server, ['stop-composition', '--arn', arn]), silence);
    assert.match((await run<{ composition: Composition }>('get-composition', '--arn', arn)).composition.state, /^STOP/);
  });

  awsTest('is told what keeps a composition from starting', async () => {
    const { stage } = await run<{ stage: { arn: string } }>('create-stage');
    const start = (destinations: string) =>
      aws(server, ['start-composition', '--stage-arn', stage.arn, '--destinations', destinations]);
    const refusals = [
      ['name=air', /\(ValidationException\).*exactly one of channel and s3/],
      [`channel={channelArn=${channelArn.replace('us-west-2', 'eu-west-1')}}`, /\(ResourceNotFoundException\)/],
    ] as const;
    for (const [destinations, stderr] of refusals) {
      const answer = await start(destinations);
      assert.notEqual(answer.status, 0);
      assert.match(answer.stderr, stderr);
    }
  });
});
