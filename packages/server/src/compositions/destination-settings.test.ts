import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillDestinationSettings } from './destination-settings.ts';

const arn = (kind: string) => `arn:aws:ivs:us-west-2:123456789012:${kind}/abcdefABCDEF`;
const channel = { channelArn: arn('channel') };
const s3 = {
  storageConfigurationArn: arn('storage-configuration'),
  encoderConfigurationArns: [arn('encoder-configuration')],
};
const recordingConfiguration = { format: 'HLS', hlsConfiguration: { targetSegmentDurationSeconds: 2 } } as const;

test('a channel has the default picture unless it is given another', () => {
  assert.deepEqual(fillDestinationSettings([{ channel }]), [{ name: '', channel }]);
  const encoded = { ...channel, encoderConfigurationArn: arn('encoder-configuration') };
  assert.deepEqual(fillDestinationSettings([{ name: 'air', channel: encoded }]), [{ name: 'air', channel: encoded }]);
});

test('a recording is in segments of two seconds without thumbnails', () => {
  const filled = [{ name: '', s3: { ...s3, recordingConfiguration } }];
  assert.deepEqual(fillDestinationSettings([{ s3 }]), filled);
  for (const left of [{}, { format: 'HLS' }, { hlsConfiguration: {} }] as const) {
    assert.deepEqual(fillDestinationSettings([{ s3: { ...s3, recordingConfiguration: left } }]), filled);
  }
  assert.deepEqual(fillDestinationSettings([{ s3: { ...s3, thumbnailConfigurations: [] } }]), filled);
});

test('a recording keeps what it is given', () => {
  const given = {
    ...s3,
    recordingConfiguration: { format: 'HLS', hlsConfiguration: { targetSegmentDurationSeconds: 4 } },
    thumbnailConfigurations: [{ targetIntervalSeconds: 30, storage: ['LATEST'] }],
  } as const;
  assert.deepEqual(fillDestinationSettings([{ s3: structuredClone(given) as never }]), [{ name: '', s3: given }]);
});

test('an entry of thumbnails turns them on, whatever it leaves out', () => {
  const fill = (thumbnails: object) => {
    const [destination] = fillDestinationSettings([{ s3: { ...s3, thumbnailConfigurations: [thumbnails] } }]);
    return destination?.s3?.thumbnailConfigurations;
  };
  assert.deepEqual(fill({}), [{ targetIntervalSeconds: 60, storage: ['SEQUENTIAL'] }]);
  assert.deepEqual(fill({ storage: [] }), [{ targetIntervalSeconds: 60, storage: ['SEQUENTIAL'] }]);
  assert.deepEqual(fill({ storage: ['LATEST', 'LATEST'] }), [{ targetIntervalSeconds: 60, storage: ['LATEST'] }]);
  assert.deepEqual(fill({ targetIntervalSeconds: 1, storage: ['LATEST', 'SEQUENTIAL'] }), [
    { targetIntervalSeconds: 1, storage: ['LATEST', 'SEQUENTIAL'] },
  ]);
});

test('a destination is either a channel or S3, and there is one of a kind', () => {
  assert.equal(fillDestinationSettings([{ channel }, { s3 }]).length, 2);
  assert.equal(fillDestinationSettings([{ s3 }, { channel }]).length, 2);
  for (const wrong of [[{}], [{ channel, s3 }], [{ channel }, {}], [{ channel }, { channel }], [{ s3 }, { s3 }]]) {
    assert.throws(() => fillDestinationSettings(wrong), { name: 'ValidationException' });
  }
});
