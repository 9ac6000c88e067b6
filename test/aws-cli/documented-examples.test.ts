import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { awsEnvironment, awsJson, awsMissing, awsTest, runCommand } from '../support/aws.ts';
import { type ServerProcess, startServer, withEncoders } from '../support/server.ts';

interface CreatedStage {
  participantTokens?: { participantId: string; token: string; userId: string; expirationTime: string }[];
  stage: { arn: string; endpoints: Record<string, string> } & Record<string, unknown>;
}

/** What the documentation shows of a stage, its ids and hosts aside; a new stage has no session with us. */
const stage = {
  activeSessionId: '',
  arn: 'arn:aws:ivs:us-west-2:123456789012:stage/ID',
  autoParticipantRecordingConfiguration: {
    storageConfigurationArn: '',
    mediaTypes: ['AUDIO_VIDEO'],
    thumbnailConfiguration: { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'], recordingMode: 'DISABLED' },
    recordingReconnectWindowSeconds: 0,
    hlsConfiguration: { targetSegmentDurationSeconds: 6 },
    recordParticipantReplicas: true,
  },
  endpoints: { events: 'URL', rtmp: 'URL', rtmps: 'URL', whip: 'URL' },
  name: 'stage1',
  tags: {},
};

/**
 * Runs the documented examples of create-stage, by `aws` itself. Their recording settings stand on one line: else they
 * are no JSON.
 */
describe('The AWS CLI, with the documented examples', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  let storageConfigurationArn: string;

  before(async () => {
    server = await startServer({ env: withEncoders });
    const { storageConfiguration } = await awsJson<{ storageConfiguration: { arn: string } }>(
      server,
      'create-storage-configuration',
      '--s3',
      'bucketName=recordings',
    );
    storageConfigurationArn = storageConfiguration.arn;
  });
  after(() => server?.stop());

  async function createStage(...options: string[]): Promise<CreatedStage> {
    const words = ['ivs-realtime', 'create-stage', '--name', 'stage1', ...options, '--endpoint-url', server.endpoint];
    const { status, stdout, stderr } = await runCommand('aws', words, awsEnvironment(server));
    assert.equal(status, 0, stderr);
    const created: CreatedStage = JSON.parse(stdout);
    created.stage.arn = created.stage.arn.replace(/stage\/[a-zA-Z0-9]{12}$/, 'stage/ID');
    for (const [name, url] of Object.entries(created.stage.endpoints)) {
      assert.ok(URL.canParse(url));
      created.stage.endpoints[name] = 'URL';
    }
    return created;
  }

  awsTest('creates a stage and a token', async () => {
    const created = await createStage('--participant-token-configurations', 'userId=alice');
    const [{ participantId = '', token = '', expirationTime = '', ...rest } = {}, ...others] =
      created.participantTokens ?? [];
    assert.deepEqual(created.stage, stage);
    assert.deepEqual([rest, others], [{ userId: 'alice' }, []]);
    assert.match(participantId, /^[a-zA-Z0-9]{12}$/);
    assert.equal(token.split('.').length, 3);
    assert.ok(Date.parse(expirationTime) > Date.now());
  });

  awsTest('creates a stage that records', async () => {
    const recording = {
      mediaTypes: ['AUDIO_VIDEO'],
      storageConfigurationArn,
      recordingReconnectWindowSeconds: 100,
      hlsConfiguration: { targetSegmentDurationSeconds: 5 },
    };
    assert.deepEqual(await createStage('--auto-participant-recording-configuration', JSON.stringify(recording)), {
      stage: {
        ...stage,
        autoParticipantRecordingConfiguration: {
          ...stage.autoParticipantRecordingConfiguration,
          storageConfigurationArn,
          recordingReconnectWindowSeconds: 100,
          hlsConfiguration: { targetSegmentDurationSeconds: 5 },
        },
      },
    });
  });

  awsTest('creates a stage that records thumbnails', async () => {
    const recording = {
      mediaTypes: ['AUDIO_VIDEO'],
      storageConfigurationArn,
      thumbnailConfiguration: { recordingMode: 'INTERVAL', storage: ['SEQUENTIAL'], targetIntervalSeconds: 60 },
    };
    assert.deepEqual(await createStage('--auto-participant-recording-configuration', JSON.stringify(recording)), {
      stage: {
        ...stage,
        autoParticipantRecordingConfiguration: {
          ...stage.autoParticipantRecordingConfiguration,
          storageConfigurationArn,
          thumbnailConfiguration: {
            ...stage.autoParticipantRecordingConfiguration.thumbnailConfiguration,
            recordingMode: 'INTERVAL',
          },
        },
      },
    });
  });
});
