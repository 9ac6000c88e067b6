import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureStages } from './measure-stages.ts';
import { stageFamilies } from './stage-families.ts';
import { StageMeasurements } from './stage-measurements.ts';
import { type StageMetricName, stageMetrics } from './stage-metrics.ts';
import type { ObservedParticipant, ObservedStage } from './stage-observation.ts';

const scope = { account: '123456789012', region: 'us-west-2' };
const nobody: ObservedParticipant = {
  id: 'nobody',
  isReplica: false,
  isPhysical: false,
  client: { platform: '', sdkVersion: '', countryCode: '' },
  published: undefined,
  subscriptions: 0,
  delivered: undefined,
  droppedFramesPercent: undefined,
  hasSocket: true,
};
const browser = { platform: 'web', sdkVersion: '1.2.3', countryCode: 'DE' };

function stageOf(participants: readonly ObservedParticipant[], more: Partial<ObservedStage> = {}): ObservedStage {
  return { stage: { ...scope, stageId: 'AbCdEfGhIjKl' }, participants, ...more };
}

function measure(stages: readonly ObservedStage[], maximumSeries = 1_000) {
  const measurements = new StageMeasurements(maximumSeries);
  measureStages(stages, [scope], measurements);
  return measurements;
}

/** The series of a metric as they are exposed: their labels without account and region, and their value. */
function seriesOf(measurements: StageMeasurements, name: StageMetricName): Record<string, number> {
  const family = stageFamilies(measurements.all).find(({ metric }) => metric === stageMetrics[name].exposed);
  return Object.fromEntries(
    (family?.samples ?? []).map(({ labels: { account, region, ...labels }, value }) => {
      assert.deepEqual({ account, region }, scope);
      return [JSON.stringify(labels), value];
    }),
  );
}

const simulcast = [
  { kind: 'audio', layer: undefined, bitrateBps: 30_000, shorterSide: undefined, framesPerSecond: undefined },
  { kind: 'video', layer: 'low', bitrateBps: 100_000, shorterSide: 180, framesPerSecond: 15 },
  { kind: 'video', layer: 'hi', bitrateBps: 900_000, shorterSide: 720, framesPerSecond: 30 },
] as const;

test('a publisher counts whole where it stands for itself, and by stream where it is named', () => {
  const alice = { ...nobody, id: 'alice', client: browser, published: simulcast };
  const bob = { ...nobody, id: 'bob', published: [{ ...simulcast[0], bitrateBps: 10_000 }] };
  const measurements = measure([stageOf([alice, bob])]);
  assert.deepEqual(seriesOf(measurements, 'PublishBitrate'), {
    '{}': 520_000,
    '{"platform":"web"}': 1_030_000,
    '{"stage":"AbCdEfGhIjKl"}': 520_000,
    '{"stage":"AbCdEfGhIjKl","participant":"alice","simulcast_layer":"none","media_type":"audio"}': 30_000,
    '{"stage":"AbCdEfGhIjKl","participant":"alice","simulcast_layer":"low","media_type":"video"}': 100_000,
    '{"stage":"AbCdEfGhIjKl","participant":"alice","simulcast_layer":"hi","media_type":"video"}': 900_000,
    '{"stage":"AbCdEfGhIjKl","participant":"bob","simulcast_layer":"none","media_type":"audio"}': 10_000,
  });
  assert.deepEqual(seriesOf(measurements, 'PublishResolution'), {
    '{"stage":"AbCdEfGhIjKl","participant":"alice","simulcast_layer":"low","media_type":"video"}': 180,
    '{"stage":"AbCdEfGhIjKl","participant":"alice","simulcast_layer":"hi","media_type":"video"}': 720,
  });
  assert.deepEqual(seriesOf(measurements, 'PublishFramerate'), {
    '{"stage":"AbCdEfGhIjKl","participant":"alice"}': 30,
    '{"stage":"AbCdEfGhIjKl","participant":"alice","simulcast_layer":"low","media_type":"video"}': 15,
    '{"stage":"AbCdEfGhIjKl","participant":"alice","simulcast_layer":"hi","media_type":"video"}': 30,
  });
});

test('two encoders that send the same are measured each, and count as one publisher', () => {
  const encoders = ['one', 'other'].map((id) => ({ ...nobody, id, isPhysical: true, published: simulcast }));
  const measurements = measure([stageOf([{ ...nobody, id: 'virtual', published: [] }, ...encoders])]);
  assert.deepEqual(seriesOf(measurements, 'Publishers'), { '{"stage":"AbCdEfGhIjKl"}': 1 });
  assert.deepEqual(seriesOf(measurements, 'ConcurrentPublishers'), { '{}': 1 });
  assert.deepEqual(Object.keys(seriesOf(measurements, 'PublishResolution')).length, 4);
  assert.equal(seriesOf(measurements, 'PublishBitrate')['{"stage":"AbCdEfGhIjKl"}'], 1_030_000);
});

test('a subscriber stands in every set of which all is known, and has a series of its own while it publishes', () => {
  const delivered = { bitrateBps: { audio: 20_000, video: 180_000 }, lost: 0.01 };
  const host = {
    ...nobody,
    id: 'host',
    client: browser,
    published: [],
    subscriptions: 1,
    delivered,
    droppedFramesPercent: 2,
  };
  const guest = { ...nobody, id: 'guest', subscriptions: 1, delivered: { ...delivered, lost: undefined } };
  const measurements = measure([stageOf([host, guest])]);
  assert.deepEqual(seriesOf(measurements, 'DownloadPacketLoss'), {
    '{}': 1,
    '{"platform":"web"}': 1,
    '{"platform":"web","sdk_version":"1.2.3"}': 1,
    '{"stage":"AbCdEfGhIjKl"}': 1,
    '{"stage":"AbCdEfGhIjKl","platform":"web"}': 1,
    '{"stage":"AbCdEfGhIjKl","platform":"web","sdk_version":"1.2.3"}': 1,
    '{"stage":"AbCdEfGhIjKl","subscriber_country_code":"DE"}': 1,
    '{"subscriber_country_code":"DE"}': 1,
    '{"stage":"AbCdEfGhIjKl","participant":"host"}': 1,
  });
  assert.equal(Object.keys(seriesOf(measurements, 'DroppedFrames')).length, 9);
  const bitrates = seriesOf(measurements, 'SubscribeBitrate');
  assert.equal(bitrates['{}'], 200_000);
  assert.deepEqual(
    Object.entries(bitrates).filter(([labels]) => labels.includes('participant')),
    [
      ['{"stage":"AbCdEfGhIjKl","participant":"host","media_type":"audio"}', 20_000],
      ['{"stage":"AbCdEfGhIjKl","participant":"host","media_type":"video"}', 180_000],
    ],
  );
});

test('what nobody reports is absent, not 0', () => {
  const silent = { ...nobody, subscriptions: 1 };
  const measurements = measure([stageOf([silent])]);
  for (const name of ['SubscribeBitrate', 'DownloadPacketLoss', 'DroppedFrames'] as const) {
    assert.deepEqual(seriesOf(measurements, name), {});
  }
});

test('publishers, replicas among them, and subscribers are counted by stage and in all', () => {
  const publisher = { ...nobody, published: [], subscriptions: 2 };
  const subscriber = { ...nobody, subscriptions: 1 };
  const replica = { ...nobody, isReplica: true };
  const measurements = measure([stageOf([publisher, subscriber, nobody, replica, replica])]);
  assert.deepEqual(seriesOf(measurements, 'Publishers'), { '{"stage":"AbCdEfGhIjKl"}': 3 });
  assert.deepEqual(seriesOf(measurements, 'Subscribers'), { '{"stage":"AbCdEfGhIjKl"}': 2 });
  assert.deepEqual(seriesOf(measurements, 'ConcurrentPublishers'), { '{}': 1 });
  assert.deepEqual(seriesOf(measurements, 'ConcurrentSubscriptions'), { '{}': 3 });
});

test("the server's own account is told of when nothing happens in it", () => {
  assert.deepEqual(seriesOf(measure([]), 'ConcurrentPublishers'), { '{}': 0 });
});

test('accounts and regions are kept apart', () => {
  const other = { account: '210987654321', region: 'eu-west-1' };
  const publisher = { ...nobody, published: [] };
  const measurements = measure([stageOf([publisher]), stageOf([publisher], { stage: { ...other, stageId: 'other' } })]);
  const told = measurements.all.filter(({ metric }) => metric === 'ConcurrentPublishers');
  assert.deepEqual(
    told.map((each) => [each.scope, each.statistic.sum]),
    [
      [scope, 1],
      [other, 1],
    ],
  );
});

test('where there is no room for all series, those of single participants are left out first', () => {
  const hosts = Array.from({ length: 10 }, (_, index) => ({ ...nobody, id: `host${index}`, published: simulcast }));
  const full = measure([stageOf(hosts)]);
  const shared = full.all.filter(({ dimensions }) => dimensions.Participant === undefined);
  const short = measure([stageOf(hosts)], shared.length + 5);
  assert.equal(full.dropped, 0);
  assert.equal(short.all.length, shared.length + 5);
  for (const measurement of shared) {
    assert.ok(short.all.some((each) => JSON.stringify(each) === JSON.stringify(measurement)));
  }
  assert.equal(short.dropped, full.all.length - short.all.length);
});

test('a series for which there is no room is counted once, whatever the number of its values', () => {
  const hosts = Array.from({ length: 10 }, (_, index) => ({ ...nobody, id: `host${index}`, published: simulcast }));
  const full = measure([stageOf(hosts)]);
  const shared = full.all.filter(({ dimensions }) => dimensions.Participant === undefined);
  const short = measure([stageOf(hosts)], shared.length - 1);
  assert.ok(shared.at(-1)?.statistic.count === hosts.length);
  assert.equal(short.dropped, full.all.length - short.all.length);
});

test('clients that call themselves something else each time make no more than so many series', () => {
  const delivered = { bitrateBps: { audio: 1, video: 1 }, lost: 0 };
  const crowd = Array.from({ length: 200 }, (_, index) => ({
    ...nobody,
    client: { ...browser, sdkVersion: `version ${index}` },
    subscriptions: 1,
    delivered,
  }));
  const versions = new Set(measure([stageOf(crowd)]).all.flatMap(({ dimensions }) => dimensions.SDKVersion ?? []));
  assert.equal(versions.size, 32);
});
