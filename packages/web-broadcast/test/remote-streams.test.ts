import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JitterBufferMinDelay } from '../src/index.ts';
import { useClient } from './client.ts';

describe('Remote streams', () => {
  const client = useClient({ withMedia: true });

  /** Bob publishes, and ann plays him. */
  async function receiveBob(): Promise<void> {
    await client.media.publishPicture('bob');
    await client.join();
    await client.until('subscribe bob subscribed');
    await client.page.evaluate(() => Promise.all([...t.added.values()].map(t.play)));
  }

  const wishDelay = (minDelay: JitterBufferMinDelay | number | undefined) =>
    client.page.evaluate((value) => {
      t.wishes.configuration = value === undefined ? undefined : { jitterBuffer: { minDelay: value } };
      globalThis.stage?.refreshStrategy();
    }, minDelay);

  /** Seconds that what is played now has waited, on the average of a second. */
  const measureDelay = (stream: string) =>
    client.page.evaluate(async (name) => {
      const read = async () => {
        const [stats] = (await t.added.get(name)?.requestQualityStats()) ?? [];
        if (!stats || !('jitterBufferDelay' in stats)) throw new Error('not received');
        return stats;
      };
      const before = await read();
      const startedMs = performance.now();
      for (;;) {
        await t.pause();
        const now = await read();
        const emitted = now.jitterBufferEmittedCount - before.jitterBufferEmittedCount;
        if (emitted > 10 && performance.now() - startedMs > 1000) {
          return (now.jitterBufferDelay - before.jitterBufferDelay) / emitted;
        }
      }
    }, stream);

  /** Waits until what is played has waited for about so long. */
  async function untilDelay(stream: string, lowestSeconds: number, highestSeconds: number): Promise<void> {
    const seen: number[] = [];
    for (let looks = 20; looks > 0; looks -= 1) {
      const delay = await measureDelay(stream);
      if (delay >= lowestSeconds && delay <= highestSeconds) return;
      seen.push(delay);
    }
    assert.fail(`${stream} waits for ${seen} s`);
  }

  const targets = () =>
    client.page.evaluate(() =>
      (t.connections[0]?.getTransceivers() ?? [])
        .filter(
          ({ currentDirection, receiver }) => currentDirection === 'recvonly' && receiver.track.readyState === 'live',
        )
        .map(({ receiver }) => receiver.jitterBufferTarget)
        .slice(-2),
    );

  it('wait as long as is wished, and by default no longer than they must', async () => {
    await receiveBob();
    assert.deepEqual(await targets(), [null, null]);
    for (const stream of ['bob audio', 'bob video']) await untilDelay(stream, 0, 0.4);
    await wishDelay('high');
    for (const stream of ['bob audio', 'bob video']) await untilDelay(stream, 0.8, 1.5);
    await wishDelay(2_000);
    for (const stream of ['bob audio', 'bob video']) await untilDelay(stream, 1.7, 3);
    await wishDelay(undefined);
    assert.deepEqual(await targets(), [null, null]);
  });

  it('wait from the start, by every preset, and by any number of milliseconds', async () => {
    const { DEFAULT, LOW, MEDIUM, HIGH } = await client.page.evaluate(() => t.JitterBufferMinDelay);
    await wishDelay(LOW);
    await receiveBob();
    assert.deepEqual(await targets(), [150, 150]);
    for (const [minDelay, target] of [
      [MEDIUM, 400],
      [HIGH, 1_000],
      [DEFAULT, null],
      [75, 75],
      [10_000, 4_000],
    ] as const) {
      await wishDelay(minDelay);
      assert.deepEqual(await targets(), [target, target]);
    }
  });

  it('do not wait while this client publishes', async () => {
    await wishDelay('high');
    await receiveBob();
    assert.deepEqual(await targets(), [1_000, 1_000]);
    await client.publishCamera();
    await client.until('publish ann published');
    assert.deepEqual(await targets(), [null, null]);
    await client.page.evaluate(() => {
      t.wishes.publish = false;
      stage.refreshStrategy();
    });
    assert.deepEqual(await targets(), [1_000, 1_000]);
  });

  it('are received all the same when the strategy wishes for a delay that makes no sense', async () => {
    await receiveBob();
    await wishDelay(-5);
    assert.deepEqual(await targets(), [null, null]);
    const uncaught = await client.page.evaluate(() => t.uncaught.splice(0));
    assert.match(uncaught.join(), /RangeError: minDelay is a JitterBufferMinDelay or milliseconds, not -5/);
    await client.until('subscribe bob subscribed');
  });

  it('tell whose they are and what they are', async () => {
    await receiveBob();
    const told = await client.page.evaluate(() =>
      [...t.added.values()].map((stream) => {
        if (!(stream instanceof t.RemoteStageStream && stream instanceof t.StageStream)) throw new Error('not remote');
        const { participantInfo, streamType, isMuted, isAdapting, id, mediaStreamTrack } = stream;
        const layers = [stream.getSelectedLayer(), stream.getLowestQualityLayer(), stream.getHighestQualityLayer()];
        const without = stream.getLayers().length === 0 && layers.every((layer) => layer === undefined);
        return [participantInfo.id, streamType, isMuted, isAdapting, id === mediaStreamTrack.id, without];
      }),
    );
    assert.deepEqual(told, [
      ['bob', 'audio', false, true, true, true],
      ['bob', 'video', false, true, true, true],
    ]);
  });

  it('tell by themselves what the stage tells of their layers', async () => {
    await receiveBob();
    await client.page.evaluate(() => {
      const video = t.added.get('bob video');
      const { ADAPTION_CHANGED, LAYERS_CHANGED, LAYER_SELECTED } = t.RemoteStageStreamEvents;
      video?.on(LAYERS_CHANGED, (layers) => t.lines.push(`own layers ${layers.length}`));
      video?.on(LAYER_SELECTED, ({ label }, reason) => t.lines.push(`own layer ${label} ${reason}`));
      video?.on(ADAPTION_CHANGED, (isAdapting) => t.lines.push(`own adapting ${isAdapting}`));
    });
    await client.clear();
    const { publishId } = client.server.members.get('bob') ?? {};
    const layers = [
      { label: 'low', width: 320, height: 180, framesPerSecond: 15, bitrateBps: 200_000 },
      { label: 'hi', width: 1280, height: 720, framesPerSecond: 30, bitrateBps: 1_700_000 },
    ];
    const tell = (told: object) =>
      client.server.send('ann', 'LAYERS', { participantId: 'bob', publishId, layers, isAdapting: true, ...told });
    const { BANDWIDTH, PREFERENCE, UNAVAILABLE } = await client.page.evaluate(() => t.StageStreamLayerSelectedReason);
    tell({ selected: 'low', reason: BANDWIDTH });
    tell({ selected: 'hi', reason: PREFERENCE, isAdapting: false });
    tell({ layers: layers.slice(0, 1), selected: 'low', reason: UNAVAILABLE });
    await client.until('adapting bob true');
    const lines = await client.lines();
    for (const [own, ofStage] of [
      [['own layers 2', 'own layers 2', 'own layers 1'], /^layers bob/],
      [['own layer low BANDWIDTH', 'own layer hi PREFERENCE', 'own layer low UNAVAILABLE'], /^layer bob/],
      [['own adapting false', 'own adapting true'], /^adapting bob/],
    ] as const) {
      const kind = own[0].split(' ').slice(0, 2).join(' ');
      assert.deepEqual(
        lines.filter((line) => line.startsWith(`${kind} `)),
        own,
      );
      assert.equal(lines.filter((line) => ofStage.test(line)).length, own.length);
    }
    const [layer] = await client.page.evaluate(() => {
      const video = t.added.get('bob video');
      return video instanceof t.RemoteStageStream ? video.getLayers() : [];
    });
    assert.deepEqual(layer, { ...layers[0], selected: true });
  });

  it('come in the layer that the strategy prefers, named by itself or by its label, until it prefers none', async () => {
    await receiveBob();
    const { publishId } = client.server.members.get('bob') ?? {};
    const layers = ['low', 'mid', 'hi'].map((label, place) => ({
      label,
      width: 320 * 2 ** place,
      height: 180 * 2 ** place,
      framesPerSecond: 15,
      bitrateBps: 200_000,
    }));
    client.server.send('ann', 'LAYERS', { participantId: 'bob', publishId, layers, selected: 'low', isAdapting: true });
    await client.until('layer bob low true BANDWIDTH');
    const prefer = async (layer: 'object' | string | undefined | null, told: string | undefined) => {
      const from = client.server.messages.length;
      await client.page.evaluate((wish) => {
        const video = t.added.get('bob video');
        const [first] = video instanceof t.RemoteStageStream ? video.getLayers() : [];
        t.wishes.layer = wish === 'object' ? first : wish;
        stage.refreshStrategy();
      }, layer);
      const { payload } = await client.server.message(
        'SUBSCRIBE',
        (message) => client.server.messages.indexOf(message) >= from,
      );
      assert.equal(payload.participants[0].preferredLayer, told);
    };
    await prefer('mid', 'mid');
    await prefer(undefined, undefined);
    await prefer('object', 'low');
    await prefer(null, undefined);
    await prefer('hi', 'hi');
  });

  it('that have been removed keep what was known of them, and do no harm', async () => {
    await receiveBob();
    await client.media.endPublish('bob');
    await client.until('removed bob audio video');
    await wishDelay('high');
    const told = await client.page.evaluate(() => {
      const video = t.added.get('bob video');
      if (!(video instanceof t.RemoteStageStream)) throw new Error('not remote');
      video.setMuted(true);
      video.setMuted(false);
      return [video.participantInfo.id, video.streamType, video.isMuted, video.getLayers().length];
    });
    assert.deepEqual(told, ['bob', 'video', false, 0]);
  });
});
