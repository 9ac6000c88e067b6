import { example, exampleRecording, exampleStage, name, page, shownNextToken, tags } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

export const stages: ResourceDescription = {
  page: 'stages',
  title: 'Stages',
  about:
    'A stage is where people see and hear each other live: they join it with a token, publish, and subscribe to others. It stays ' +
    'until it is deleted, be it in use or not.',
  operations: [
    describeOperation('CreateStage', {
      summary: 'Makes a stage, and tokens for its first participants if wished for.',
      notes: [
        'No session runs yet: the first one begins when somebody joins.',
        'A storage configuration that does not exist is a `ValidationException`.',
      ],
      request: {
        name,
        participantTokenConfigurations: {
          meaning: 'Tokens to make along with the stage. Each comes back in `participantTokens`, in the same order.',
          default: 'none',
        },
        tags,
        autoParticipantRecordingConfiguration: {
          meaning: 'Whether and how each publisher is recorded on its own.',
          default: 'no recording',
        },
      },
      response: {
        stage: 'The new stage.',
        participantTokens: 'The tokens that were asked for; left out when there were none.',
      },
      example: {
        request: {
          name: 'friday-show',
          tags: { team: 'red' },
          participantTokenConfigurations: [
            { userId: 'host-1', attributes: { role: 'host' }, duration: 60 },
            { userId: 'guest-7', capabilities: ['SUBSCRIBE'] },
          ],
          autoParticipantRecordingConfiguration: {
            storageConfigurationArn: example.storageConfigurationArn,
            recordingReconnectWindowSeconds: 120,
          },
        },
        response: {
          stage: exampleStage,
          participantTokens: [
            {
              participantId: example.participantId,
              token: 'eyJhbGciOiJIUzI1NiJ9…',
              userId: 'host-1',
              attributes: { role: 'host' },
              duration: 60,
              expirationTime: new Date('2026-11-21T21:00:00Z'),
            },
            {
              participantId: 'pGuestBBB002',
              token: 'eyJhbGciOiJIUzI1NiJ9…',
              userId: 'guest-7',
              capabilities: ['SUBSCRIBE'],
              expirationTime: new Date('2026-11-22T08:00:00Z'),
            },
          ],
        },
      },
    }),
    describeOperation('GetStage', {
      summary: 'Shows a stage.',
      request: { arn: 'The stage.' },
      response: { stage: 'The stage.' },
      example: { request: { arn: example.stageArn }, response: { stage: exampleStage } },
    }),
    describeOperation('ListStages', {
      summary: 'Lists the stages of the account in the region, the newest first.',
      request: page,
      response: { stages: 'A page of stages, in short.', nextToken: shownNextToken },
      example: {
        request: { maxResults: 1 },
        response: {
          stages: [{ arn: example.stageArn, name: 'friday-show', activeSessionId: '', tags: { team: 'red' } }],
          nextToken: example.nextToken,
        },
      },
    }),
    describeOperation('UpdateStage', {
      summary: 'Changes the name or the recording settings of a stage.',
      notes: [
        'What is left out stays as it is.',
        'Recording settings are replaced as a whole: what is left out within them goes back to its default. They apply to ' +
          'whoever begins to publish afterwards. While a participant is being recorded, other settings are a ' +
          '`ConflictException`.',
      ],
      request: {
        arn: 'The stage.',
        name: 'The new label.',
        autoParticipantRecordingConfiguration: 'The new recording settings.',
      },
      response: { stage: 'The stage as it is now.' },
      example: {
        request: { arn: example.stageArn, autoParticipantRecordingConfiguration: exampleRecording },
        response: { stage: exampleStage },
      },
    }),
    describeOperation('DeleteStage', {
      summary: 'Deletes a stage and throws everybody out of it.',
      notes: [
        'Its session, recordings, replications and compositions end, and all of its tokens are worthless from then on. Ingest ' +
          'configurations stay, but are attached to no stage.',
        'Its history can no longer be read.',
      ],
      request: { arn: 'The stage.' },
      response: {},
      example: { request: { arn: example.stageArn }, response: {} },
    }),
  ],
};
