import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { arrange } from '../../packages/media/src/composition/layout/arrange.ts';
import { defaultGrid } from '../../packages/media/src/composition/layout/default-layouts.ts';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type EncodedClock, encodeClock } from '../support/clock-publisher.ts';
import { CLOCK_COLOURS, type ClockColour, clockStepMs, type Place, readTile } from '../support/composed-clock.ts';
import { beepsAfterFlashes, readComposed, readScenes, type Scene, sequenceOf } from '../support/composed-recording.ts';
import { ComposedShow, channelArn, PICTURE } from '../support/composed-show.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { playRecording } from '../support/play-recording.ts';
import { freePort, listenByFfmpeg } from '../support/rtmp-listener.ts';
import { until } from '../support/until.ts';

/** Longer than any of these tests publishes. */
const clockSeconds = 110;
/** Sound and picture, and the pictures of two participants, may be so far from each other. */
const lipSyncMs = 45;
const CHANNEL = channelArn('Channel00001');

describe('a composition', { timeout: 400_000 }, () => {
  let red: EncodedClock;
  let green: EncodedClock;
  let blue: EncodedClock;
  before(() => {
    // Before anybody publishes: this process sends nothing while it waits for an encoder.
    red = encodeClock(clockSeconds, CLOCK_COLOURS.red);
    green = encodeClock(clockSeconds, CLOCK_COLOURS.green);
    blue = encodeClock(clockSeconds, CLOCK_COLOURS.blue);
  });

  it('goes to a channel and to a bucket, whoever comes and goes', { skip: chromiumMissing() }, async (t) => {
    const port = await freePort();
    const channel = { arn: CHANNEL, url: `rtmp://127.0.0.1:${port}/live`, streamKey: 'key' };
    const show = await ComposedShow.open(t, { channels: [channel] });
    const listener = listenByFfmpeg(port, path.join(await createDataFolder(t), 'received.ts'));
    t.after(() => listener.kill());
    const first = await show.publish(red);
    const second = await show.publish(green, { kinds: ['video'] });
    const arn = await show.start({ channelArn: CHANNEL });
    await show.untilDestination(arn, 'channel', 'ACTIVE');
    const { id: destinationId, startTime } = await show.untilDestination(arn, 's3', 'ACTIVE');
    assert.ok(startTime);
    const prefix = `${show.stageArn.split('/')[1]}/${arn.split('/')[1]}/${destinationId}/composite`;
    let segments = await show.untilSegments(prefix, 3);
    await show.publish(blue, { kinds: ['video'] });
    segments = await show.untilSegments(prefix, segments + 4);
    await first.stop();
    await show.untilSegments(prefix, segments + 3);
    const { startTime: begun, endTime, destinations = [] } = await show.stop(arn);
    assert.ok(begun && endTime && begun < endTime);
    assert.deepEqual(
      destinations.map(({ state }) => state),
      ['STOPPED', 'STOPPED'],
    );
    await listener.ended;

    const scenes = [
      scene('two', ['red', 'green']),
      scene('three', ['red', 'green', 'blue']),
      scene('those who stay', ['green', 'blue']),
    ];
    const expected = scenes.map(({ name }) => name);
    const { folder, recording, files } = await readComposed(t, show.bucket, prefix);
    const [file, ...others] = files;
    assert.ok(file && others.length === 0, 'one period: whoever comes or goes starts no encoder anew');
    assert.deepEqual(recording.pictures, ['640x360']);
    assert.equal(recording.type, 'VOD');
    assert.deepEqual(sequenceOf(readScenes(file, scenes)), expected);
    assert.deepEqual(sequenceOf(readScenes(await listener.read(), scenes)), expected);

    const [redPlace, greenPlace] = placesOf(2);
    const reds = readTile(file, redPlace as Place);
    const greens = readTile(file, greenPlace as Place);
    const apart = reds.flatMap(({ clock, colour }, index) => {
      const other = greens[index];
      if (!clock || colour !== 'red' || !other?.clock || other.colour !== 'green') return [];
      return [Math.abs(clockStepMs(other.clock, clock) + first.startMs - second.startMs)];
    });
    assertMedian(apart, lipSyncMs, 'two participants are shown as of one time');
    const lips = beepsAfterFlashes(file, reds);
    t.diagnostic(`beeps after their flashes: ${lips} ms; participants apart: ${median(apart)} ms`);
    assertMedian(lips.map(Math.abs), lipSyncMs, 'a beep is heard with its flash');

    const served = await show.bucket.serve(prefix);
    t.after(() => served.close());
    const chromium = await launchChromium();
    t.after(() => chromium.close());
    const { errors, stalls, playedSeconds } = await playRecording(chromium, folder, {
      url: served.url,
      playbackRate: 2,
    });
    assert.deepEqual({ errors, stalls }, { errors: [], stalls: 0 });
    assert.ok(Math.abs(playedSeconds - recording.durationSeconds) < 0.3, `${playedSeconds} s were played`);

    await show.untilEvents(arn, 6);
    assert.deepEqual(show.eventNames(arn).toSorted(), [
      'Destination End',
      'Destination End',
      'Destination Start',
      'Destination Start',
      'Session End',
      'Session Start',
    ]);
    assert.equal(show.eventNames(arn).at(-1), 'Session End');
  });

  it('waits for a channel that is away, while its recording goes on', async (t) => {
    const port = await freePort();
    const channel = { arn: CHANNEL, url: `rtmp://127.0.0.1:${port}/live`, streamKey: 'key' };
    const show = await ComposedShow.open(t, { channels: [channel] });
    const folder = await createDataFolder(t);
    const listener = listenByFfmpeg(port, path.join(folder, 'first.ts'));
    t.after(() => listener.kill());
    await show.publish(red);
    const arn = await show.start({ channelArn: CHANNEL });
    await show.untilDestination(arn, 'channel', 'ACTIVE');
    const { id: destinationId } = await show.untilDestination(arn, 's3', 'ACTIVE');
    const second = await show.start({ channelArn: CHANNEL, recorded: false });
    await show.untilState(second, 'FAILED');
    assert.deepEqual(await show.untilEvents(second, 2), [
      ['ConflictException', 'Stream already exists'],
      ['DestinationFailure', 'One or more outputs failed'],
    ]);

    await listener.kill();
    await show.untilDestination(arn, 'channel', 'RECONNECTING');
    const again = listenByFfmpeg(port, path.join(folder, 'again.ts'));
    t.after(() => again.kill());
    await show.untilDestination(arn, 'channel', 'ACTIVE');
    await until(
      () => again.read(),
      ({ length }) => length > 100_000,
    );
    const prefix = `${show.stageArn.split('/')[1]}/${arn.split('/')[1]}/${destinationId}/composite`;
    await show.untilSegments(prefix, 3);
    await show.stop(arn);
    await again.ended;
    assert.ok(sequenceOf(readScenes(await again.read(), [scene('one', ['red'])])).length === 1);
    const { files } = await readComposed(t, show.bucket, prefix);
    assert.equal(files.length, 1, 'the recording knows nothing of it');
    assert.ok(show.eventNames(arn).includes('Destination Reconnecting'));
  });
});

function placesOf(count: number): readonly Place[] {
  const participants = Array.from({ length: count }, (_, index) => ({
    participantId: String(index),
    attributes: {},
    hasVideo: true,
    aspectRatio: 5 / 3,
  }));
  return arrange({ grid: defaultGrid }, participants, PICTURE);
}

/** Those of these colours, and nobody else. */
function scene(name: string, colours: readonly ClockColour[]): Scene {
  const places = placesOf(colours.length);
  return {
    name,
    tiles: places.map((place, index) => ({
      place,
      shows: ({ colour, clock }) => colour === colours[index] && clock !== undefined,
    })),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function assertMedian(values: readonly number[], most: number, message: string): void {
  assert.ok(median(values) <= most, `${message}: ${values}`);
}
