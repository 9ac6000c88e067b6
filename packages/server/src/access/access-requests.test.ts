import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type OperationName, operationNames, readRequest } from '@proscenium/model';
import { publicKeyMaterial } from '../public-keys/public-key.fixture.ts';
import { accessRequests } from './access-requests.ts';

const scope = { account: '123456789012', region: 'us-west-2' };
const own = (resource: string) => `arn:aws:ivs:us-west-2:123456789012:${resource}`;
const stage = own('stage/abcdABCDefgh');
const other = own('stage/otherStage00');
const composition = own('composition/abcdABCDefgh');
const encoder = own('encoder-configuration/abcdABCDefgh');
const encoder2 = own('encoder-configuration/otherEncoder');
const storage = own('storage-configuration/abcdABCDefgh');
const ingest = own('ingest-configuration/abcdABCDefgh');
const publicKey = own('public-key/abcdABCDefgh');
const channel = own('channel/abcdABCDefgh');
const streamKey = own('stream-key/keyOfEncoder');
const newTag = { tags: { team: 'red' } };
const sessionId = 'st-0000000000001';
const participant = { participantId: 'pHostAAAA001' };
const s3 = { bucketName: 'show-archive' };

/** `action resource`, without the service and without what all ARNs begin with. */
type Wanted = readonly string[];

const cases: [operation: OperationName, request: object, wanted: Wanted][] = [
  ['CreateStage', {}, ['CreateStage stage/*']],
  ['CreateStage', newTag, ['CreateStage stage/*', 'TagResource stage/*']],
  ['CreateStage', { tags: {} }, ['CreateStage stage/*']],
  ['GetStage', { arn: stage }, ['GetStage stage/abcdABCDefgh']],
  ['ListStages', {}, ['ListStages stage/*']],
  ['UpdateStage', { arn: stage }, ['UpdateStage stage/abcdABCDefgh']],
  ['DeleteStage', { arn: stage }, ['DeleteStage stage/abcdABCDefgh']],
  ['GetStageSession', { stageArn: stage, sessionId }, ['GetStageSession stage/abcdABCDefgh']],
  ['ListStageSessions', { stageArn: stage }, ['ListStageSessions stage/abcdABCDefgh']],
  ['GetParticipant', { stageArn: stage, sessionId, ...participant }, ['GetParticipant stage/abcdABCDefgh']],
  ['ListParticipants', { stageArn: stage, sessionId }, ['ListParticipants stage/abcdABCDefgh']],
  [
    'ListParticipantEvents',
    { stageArn: stage, sessionId, ...participant },
    ['ListParticipantEvents stage/abcdABCDefgh'],
  ],
  ['DisconnectParticipant', { stageArn: stage, ...participant }, ['DisconnectParticipant stage/abcdABCDefgh']],
  ['CreateParticipantToken', { stageArn: stage }, ['CreateParticipantToken stage/abcdABCDefgh']],
  ['RevokeConnectionToken', { tokenId: 'abc' }, ['RevokeConnectionToken *']],
  [
    'StartParticipantReplication',
    { sourceStageArn: stage, destinationStageArn: other, ...participant },
    ['StartParticipantReplication stage/abcdABCDefgh', 'StartParticipantReplication stage/otherStage00'],
  ],
  [
    'StopParticipantReplication',
    { sourceStageArn: stage, destinationStageArn: other, ...participant },
    ['StopParticipantReplication stage/abcdABCDefgh', 'StopParticipantReplication stage/otherStage00'],
  ],
  [
    'ListParticipantReplicas',
    { sourceStageArn: stage, ...participant },
    ['ListParticipantReplicas stage/abcdABCDefgh'],
  ],
  ['ImportPublicKey', { publicKeyMaterial }, ['ImportPublicKey public-key/*']],
  ['ImportPublicKey', { publicKeyMaterial, ...newTag }, ['ImportPublicKey public-key/*', 'TagResource public-key/*']],
  ['GetPublicKey', { arn: publicKey }, ['GetPublicKey public-key/abcdABCDefgh']],
  ['ListPublicKeys', {}, ['ListPublicKeys *']],
  ['DeletePublicKey', { arn: publicKey }, ['DeletePublicKey public-key/abcdABCDefgh']],
  ['CreateStorageConfiguration', { s3 }, ['CreateStorageConfiguration storage-configuration/*']],
  [
    'CreateStorageConfiguration',
    { s3, ...newTag },
    ['CreateStorageConfiguration storage-configuration/*', 'TagResource storage-configuration/*'],
  ],
  ['GetStorageConfiguration', { arn: storage }, ['GetStorageConfiguration storage-configuration/abcdABCDefgh']],
  ['ListStorageConfigurations', {}, ['ListStorageConfigurations *']],
  ['DeleteStorageConfiguration', { arn: storage }, ['DeleteStorageConfiguration storage-configuration/abcdABCDefgh']],
  ['CreateEncoderConfiguration', {}, ['CreateEncoderConfiguration encoder-configuration/*']],
  [
    'CreateEncoderConfiguration',
    newTag,
    ['CreateEncoderConfiguration encoder-configuration/*', 'TagResource encoder-configuration/*'],
  ],
  ['GetEncoderConfiguration', { arn: encoder }, ['GetEncoderConfiguration encoder-configuration/abcdABCDefgh']],
  ['ListEncoderConfigurations', {}, ['ListEncoderConfigurations *']],
  ['DeleteEncoderConfiguration', { arn: encoder }, ['DeleteEncoderConfiguration encoder-configuration/abcdABCDefgh']],
  [
    'CreateIngestConfiguration',
    { ingestProtocol: 'RTMPS', stageArn: '' },
    ['CreateIngestConfiguration ingest-configuration/*'],
  ],
  [
    'CreateIngestConfiguration',
    { ingestProtocol: 'RTMPS', stageArn: stage, ...newTag },
    [
      'CreateIngestConfiguration ingest-configuration/*',
      'CreateIngestConfiguration stage/abcdABCDefgh',
      'TagResource ingest-configuration/*',
    ],
  ],
  ['GetIngestConfiguration', { arn: ingest }, ['GetIngestConfiguration ingest-configuration/abcdABCDefgh']],
  ['ListIngestConfigurations', { filterByStageArn: stage }, ['ListIngestConfigurations *']],
  [
    'UpdateIngestConfiguration',
    { arn: ingest, stageArn: stage },
    ['UpdateIngestConfiguration ingest-configuration/abcdABCDefgh'],
  ],
  ['DeleteIngestConfiguration', { arn: ingest }, ['DeleteIngestConfiguration ingest-configuration/abcdABCDefgh']],
  [
    'StartComposition',
    {
      stageArn: stage,
      destinations: [
        { channel: { channelArn: channel, encoderConfigurationArn: encoder } },
        { s3: { storageConfigurationArn: storage, encoderConfigurationArns: [encoder2] } },
      ],
      ...newTag,
    },
    [
      'StartComposition stage/abcdABCDefgh',
      'StartComposition channel/abcdABCDefgh',
      'StartComposition encoder-configuration/abcdABCDefgh',
      'StartComposition storage-configuration/abcdABCDefgh',
      'StartComposition encoder-configuration/otherEncoder',
      'StartComposition composition/*',
      'TagResource composition/*',
    ],
  ],
  [
    'StartComposition',
    {
      stageArn: stage,
      destinations: [1, 2].map(() => ({ channel: { channelArn: channel, encoderConfigurationArn: encoder } })),
    },
    [
      'StartComposition stage/abcdABCDefgh',
      'StartComposition channel/abcdABCDefgh',
      'StartComposition encoder-configuration/abcdABCDefgh',
      'StartComposition composition/*',
    ],
  ],
  ['GetComposition', { arn: composition }, ['GetComposition composition/abcdABCDefgh']],
  ['ListCompositions', {}, ['ListCompositions *']],
  [
    'ListCompositions',
    { filterByStageArn: stage, filterByEncoderConfigurationArn: encoder },
    ['ListCompositions stage/abcdABCDefgh', 'ListCompositions encoder-configuration/abcdABCDefgh'],
  ],
  ['StopComposition', { arn: composition }, ['StopComposition composition/abcdABCDefgh']],
  ['CreateChannel', {}, ['CreateChannel channel/*', 'CreateChannel stream-key/*']],
  [
    'CreateChannel',
    newTag,
    ['CreateChannel channel/*', 'CreateChannel stream-key/*', 'TagResource channel/*', 'TagResource stream-key/*'],
  ],
  ['GetChannel', { arn: channel }, ['GetChannel channel/abcdABCDefgh']],
  ['BatchGetChannel', { arns: [channel, channel] }, ['BatchGetChannel channel/abcdABCDefgh']],
  ['ListChannels', {}, ['ListChannels channel/*']],
  ['UpdateChannel', { arn: channel }, ['UpdateChannel channel/abcdABCDefgh']],
  ['DeleteChannel', { arn: channel }, ['DeleteChannel channel/abcdABCDefgh']],
  ['CreateStreamKey', { channelArn: channel }, ['CreateStreamKey stream-key/*']],
  ['GetStreamKey', { arn: streamKey }, ['GetStreamKey stream-key/keyOfEncoder']],
  ['BatchGetStreamKey', { arns: [streamKey] }, ['BatchGetStreamKey stream-key/keyOfEncoder']],
  ['ListStreamKeys', { channelArn: channel }, ['ListStreamKeys channel/abcdABCDefgh']],
  ['DeleteStreamKey', { arn: streamKey }, ['DeleteStreamKey stream-key/keyOfEncoder']],
  ['GetStream', { channelArn: channel }, ['GetStream channel/abcdABCDefgh']],
  ['ListStreams', {}, ['ListStreams channel/*']],
  ['StopStream', { channelArn: channel }, ['StopStream channel/abcdABCDefgh']],
  ['TagResource', { resourceArn: stage, ...newTag }, ['TagResource stage/abcdABCDefgh']],
  ['UntagResource', { resourceArn: encoder, tagKeys: ['team'] }, ['UntagResource encoder-configuration/abcdABCDefgh']],
  ['ListTagsForResource', { resourceArn: publicKey }, ['ListTagsForResource public-key/abcdABCDefgh']],
];

describe('What a call must be allowed', () => {
  for (const [operation, request, wanted] of cases) {
    test(`${operation} with ${JSON.stringify({ ...request, publicKeyMaterial: undefined })}`, () => {
      const requests = accessRequests(operation, readRequest(operation, request), scope);
      assert.deepEqual(
        requests.map(({ action, resource }) => `${action} ${resource}`),
        wanted.map((each) => {
          const [action, resource = ''] = each.split(' ');
          return `ivs:${action} ${resource === '*' ? '*' : own(resource)}`;
        }),
      );
    });
  }

  test('every operation is among them', () => {
    assert.deepEqual([...new Set(cases.map(([operation]) => operation))].sort(), [...operationNames].sort());
  });
});

test('conditions see the tags that a request brings, and the keys that it names', () => {
  const tagsOf = (operation: OperationName, request: object) =>
    accessRequests(operation, readRequest(operation, request), scope).map(({ requestTags, tagKeys }) => ({
      requestTags: requestTags && { ...requestTags },
      tagKeys,
    }));
  const brought = { requestTags: { team: 'red' }, tagKeys: ['team'] };
  assert.deepEqual(tagsOf('CreateStage', newTag), [brought, brought]);
  assert.deepEqual(tagsOf('TagResource', { resourceArn: stage, ...newTag }), [brought]);
  const named = { requestTags: undefined, tagKeys: ['team', 'show'] };
  assert.deepEqual(tagsOf('UntagResource', { resourceArn: stage, tagKeys: ['team', 'show'] }), [named]);
  assert.deepEqual(tagsOf('GetStage', { arn: stage }), [{ requestTags: undefined, tagKeys: [] }]);
});
