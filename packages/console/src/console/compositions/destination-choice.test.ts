import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerFacts } from '../api/api.ts';
import { destinationsOf, usualDestinations } from './destination-choice.ts';

const facts: ServerFacts = {
  account: '123456789012',
  region: 'us-west-2',
  userName: 'admin',
  isOperator: true,
  startTime: '2026-11-22T07:00:00Z',
  servesObjects: true,
  channelsPath: '/channels/',
  ingest: {},
};
const arn = 'arn:aws:ivs:us-west-2:123456789012';

test('a composition goes to a built-in channel unless something else is chosen', () => {
  assert.deepEqual(destinationsOf(usualDestinations(facts), facts), [
    { channel: { channelArn: `${arn}:channel/main` } },
  ]);
});

test('where the configuration names channels, the first of them is chosen, and none where it has none', () => {
  const channels = [{ arn: `${arn}:channel/abc`, address: 'rtmps://live.example.com/app' }];
  assert.deepEqual(destinationsOf(usualDestinations({ channels }), facts), [
    { channel: { channelArn: `${arn}:channel/abc` } },
  ]);
  assert.deepEqual(destinationsOf(usualDestinations({ channels: [] }), facts), []);
});

test('a recording has an encoder, a length of segments and thumbnails of its own', () => {
  const choice = {
    ...usualDestinations(facts),
    toChannel: false,
    storageArn: `${arn}:storage-configuration/s`,
    recordingEncoderArn: `${arn}:encoder-configuration/e`,
    segmentSeconds: 4,
    thumbnails: { everySeconds: 10, kept: 'LATEST' as const },
  };
  assert.deepEqual(destinationsOf(choice, facts), [
    {
      s3: {
        storageConfigurationArn: `${arn}:storage-configuration/s`,
        encoderConfigurationArns: [`${arn}:encoder-configuration/e`],
        recordingConfiguration: { format: 'HLS', hlsConfiguration: { targetSegmentDurationSeconds: 4 } },
        thumbnailConfigurations: [{ targetIntervalSeconds: 10, storage: ['LATEST'] }],
      },
    },
  ]);
});
