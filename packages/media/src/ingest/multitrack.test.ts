import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { type AccessUnit, NAL_UNIT_TYPE, nalUnitType, readSequenceParameterSet } from '../rtp/index.ts';
import type { IngestPublisher } from '../sfu/ingest-publisher.ts';
import { Stand } from './ingest-stand.fixture.ts';
import { encodeMultitrackClip, MultitrackEncoder } from './multitrack.fixture.ts';
import { Viewer } from './viewer.fixture.ts';

/** What viewers do not notice (ITU-R BT.1359). */
const MAXIMUM_SKEW_MS = 45;
const TICKS_PER_MS = 90;
/** Of the slowest track is a picture every 67 ms; the SFU moves what overlaps by 75 ms at most. */
const MAXIMUM_STEP_MS = 67 + 75;

/** Of the layers. */
const HEIGHTS = [90, 180, 360] as const;

describe('a video of several tracks', { timeout: 120_000 }, () => {
  const stand = new Stand();
  // Numbers have gaps, and the largest is not the first.
  const clip = encodeMultitrackClip([
    { trackId: 2, size: '320x180' },
    { trackId: 5, size: '160x90', framesPerSecond: 15 },
    { trackId: 0, size: '640x360' },
  ]);
  before(() => stand.open());
  after(() => stand.close());

  it('is a video of layers, between which receivers are moved without their time going back', async (t) => {
    const { publisher, rtmp } = await stand.publishByHand(t);
    const encoder = new MultitrackEncoder(rtmp, clip);
    t.after(() => encoder.close());
    while (publisher.kinds.length < 2) await once(publisher, 'media');
    await untilMeasured(publisher, 3);
    assert.deepEqual(
      publisher.layers?.list.map(({ label, height, framesPerSecond = 0 }) => [
        label,
        height,
        Math.round(framesPerSecond),
      ]),
      [
        ['low', 90, 15],
        ['mid', 180, 30],
        ['hi', 360, 30],
      ],
    );
    const viewer = await Viewer.watch(publisher);
    for (const layer of [2, 0, 1, 2, 0, 2] as const) await reach(viewer, layer, HEIGHTS[layer]);
    assert.ok(publisher.layers?.flows(2));

    // Without its best track, and with it again.
    encoder.stopTrack(0);
    await nextKeyFrame(viewer, (height) => height === 180);
    assert.ok(!publisher.layers?.flows(2));
    encoder.startTrack(0);
    await reach(viewer, 2, 360);
    for (let reports = 0; (viewer.skewMs ?? Infinity) > MAXIMUM_SKEW_MS; reports += 1) {
      assert.ok(reports < 40, `sound and picture are ${viewer.skewMs} ms out of step`);
      await once(viewer, 'report');
    }
    assert.equal(publisher.ended, false);
    const times = viewer.units.video.map(({ rtpTime }) => rtpTime / TICKS_PER_MS);
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    t.diagnostic(`${times.length} pictures, the longest step ${Math.max(...steps)} ms`);
    assert.ok(
      steps.every((step) => step > 0),
      'no picture has an earlier time than the one before',
    );
    // While the best track was missing, it was waited for.
    assert.ok(
      steps.filter((step) => step > MAXIMUM_STEP_MS).length <= 1,
      String(steps.filter((step) => step > MAXIMUM_STEP_MS)),
    );
  });

  it('has one layer more for a track that comes later', async (t) => {
    const { publisher, rtmp } = await stand.publishByHand(t);
    const encoder = new MultitrackEncoder(rtmp, clip, [0, 2]);
    t.after(() => encoder.close());
    while (publisher.kinds.length < 2) await once(publisher, 'media');
    const { publishId, layers } = publisher;
    assert.equal(layers, undefined);
    const remade = once(publisher, 'remade');
    encoder.startTrack(0);
    await remade;
    assert.equal(publisher.publishId, `${publishId}.1`);
    await untilMeasured(publisher, 2);
    assert.deepEqual(
      publisher.layers?.list.map(({ label, height }) => [label, height]),
      [
        ['low', 90],
        ['hi', 360],
      ],
    );
    await reach(await Viewer.watch(publisher), 1, 360);
  });

  it('is refused with more tracks than there may be layers', async (t) => {
    const { publisher, rtmp } = await stand.publishByHand(t);
    const violated = once(publisher, 'violation');
    const [track] = clip.tracks;
    assert.ok(track);
    const { sps, pps } = track;
    for (let trackId = 0; trackId < 4; trackId += 1) {
      rtmp.sendVideo({ kind: 'config', trackId, timestampMs: 0, sps, pps });
    }
    assert.deepEqual(await violated, ['INVALID_INPUT']);
    await once(rtmp, 'ended');
  });
});

async function untilMeasured({ layers }: IngestPublisher, count: number): Promise<void> {
  assert.ok(layers);
  assert.equal(layers.count, count);
  const isMeasured = () => layers.list.every(({ height, framesPerSecond }) => height && framesPerSecond);
  while (!isMeasured()) await once(layers, 'changed');
}

/** Has it moved to a layer. Of one that has just begun, the SFU thinks anew only when something else was wished for meanwhile. */
async function reach(viewer: Viewer, layer: number, height: number): Promise<void> {
  for (;;) {
    await viewer.prefer(layer === 0 ? 1 : 0);
    await viewer.prefer(layer);
    for (let groups = 0; groups < 3; groups += 1) if ((await nextKeyFrame(viewer)) === height) return;
  }
}

async function nextKeyFrame(viewer: Viewer, isWanted = (_height: number) => true): Promise<number> {
  for (let seen = viewer.units.video.length; ; ) {
    const heights = viewer.units.video.slice(seen).flatMap((unit) => heightOf(unit) ?? []);
    const wanted = heights.find(isWanted);
    if (wanted !== undefined) return wanted;
    seen = viewer.units.video.length;
    await once(viewer, 'unit');
  }
}

function heightOf({ units }: AccessUnit): number | undefined {
  const set = units.find((unit) => nalUnitType(unit) === NAL_UNIT_TYPE.sequenceParameterSet);
  return set && readSequenceParameterSet(set).height;
}
