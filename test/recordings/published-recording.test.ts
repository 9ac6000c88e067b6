import assert from 'node:assert/strict';
import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { Publisher } from '@proscenium/load-test';
import { closeRecordingFolder, Recorders, type Recording, type RecordingOptions } from '@proscenium/media';
import { createIdentity } from '@proscenium/participant/connection';
import { type ShapedRelay, startShapedRelay } from '../../packages/media/src/sfu/shaped-relay.fixture.ts';
import { type CheckedRecording, checkRecording } from '../support/check-recording.ts';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import {
  ClockPublisher,
  type ClockPublisherOptions,
  type EncodedClock,
  encodeClock,
} from '../support/clock-publisher.ts';
import { type Playback, playRecording } from '../support/play-recording.ts';
import { missingSeconds, type RecordedClock, readRecordedClock } from '../support/recorded-clock.ts';
import { RecordedStage, untilRecorded } from '../support/recorded-stage.ts';

const token = 'none is asked for';
const targetSegmentDurationSeconds = 2;
const playedTogether = 4;
/** As long as the clock of a publisher that is no browser: more than any of the recordings takes. */
const clockSeconds = 80;

/** Records somebody. @returns the folder, closed */
type Script = () => Promise<string>;

interface Examined {
  readonly recording: CheckedRecording;
  readonly clock: RecordedClock;
  readonly playback: Playback;
}

describe('the recording of a publisher', { skip: chromiumMissing(), timeout: 300_000 }, () => {
  let recorded: RecordedStage;
  let chromium: Chromium;
  let clock: EncodedClock;
  const folders = new Map<string, Promise<string>>();
  const playbacks = new Map<string, Promise<Playback>>();
  const pages: ChromiumPage[] = [];
  const publishers: { stop(): Promise<void> }[] = [];
  const relays: ShapedRelay[] = [];

  /** Publishes the clock from a page of its own. */
  async function publishFromPage(
    name: string,
    { size = { width: 320, height: 192 }, videoCodec }: PagePublishing = {},
  ): Promise<ChromiumPage> {
    const page = await chromium.openPage();
    pages.push(page);
    await page.stage.useBeepingClock(size);
    await page.stage.postPublish(recorded.whipUrl(name), token, videoCodec === undefined ? {} : { videoCodec });
    return page;
  }

  async function publish(name: string, options: ClockPublisherOptions = {}): Promise<ClockPublisher> {
    const publisher = await ClockPublisher.start(recorded.signalling(name), clock, options);
    publishers.push(publisher);
    return publisher;
  }

  function record(name: string, folder: string, options: Partial<RecordingOptions> = {}): Promise<Recording> {
    return recorded.record(name, { folder, mediaType: 'AUDIO_VIDEO', targetSegmentDurationSeconds, ...options });
  }

  /** Records so many seconds, with what happens meanwhile. @returns the folder, closed */
  async function recordFor(
    name: string,
    seconds: number,
    options: Partial<RecordingOptions> = {},
    meanwhile?: (recording: Recording) => Promise<void>,
  ): Promise<string> {
    const folder = await recorded.folder();
    const recording = await record(name, folder, options);
    await meanwhile?.(recording);
    await untilRecorded(recording, seconds);
    await recording.stop();
    await closeRecordingFolder(folder);
    return folder;
  }

  /** What costs a processor most. */
  const ofBrowsers: Record<string, Script> = {
    async browser() {
      await publishFromPage('browser');
      return recordFor('browser', 8, { thumbnails: { targetIntervalSeconds: 3, storage: ['SEQUENTIAL', 'LATEST'] } });
    },
    async resized() {
      const page = await publishFromPage('resized', { size: { width: 640, height: 384 } });
      return recordFor('resized', 8, {}, async (recording) => {
        await untilRecorded(recording, 4);
        await page.stage.scaleSentVideo(2);
      });
    },
    async vp8() {
      await publishFromPage('vp8', { videoCodec: 'video/VP8' });
      return recordFor('vp8', 8);
    },
  };

  const ofOthers: Record<string, Script> = {
    clean: () => recordFor('clock', 10),
    async late() {
      await recordFor('clock', 2.5);
      return recordFor('clock', 6);
    },
    soundAlone: () => recordFor('clock', 6, { mediaType: 'AUDIO_ONLY' }),
    async killed() {
      const recorders = await Recorders.start();
      const folder = await recorded.folder();
      const options = { folder, mediaType: 'AUDIO_VIDEO', targetSegmentDurationSeconds } as const;
      const recording = await recorded.record('clock', options, recorders);
      await untilRecorded(recording, 4);
      for (const pid of recorders.pids) process.kill(pid, 'SIGKILL');
      await untilRecorded(recording, 8);
      await recording.stop();
      await recorders.close();
      await closeRecordingFolder(folder);
      return folder;
    },
    async lossy() {
      const relay = await startShapedRelay(recorded.mediaPort, 'server');
      relays.push(relay);
      await publish('lossy', { port: relay.port });
      relay.loss = 0.02;
      relay.delayMs = 20;
      return recordFor('lossy', 10);
    },
    async muted() {
      await publish('muted');
      const publisher = recorded.publisher('muted');
      return recordFor('muted', 14, {}, async (recording) => {
        await untilRecorded(recording, 2);
        await publisher.setPaused('video', true);
        await untilRecorded(recording, 7);
        await publisher.setPaused('audio', true);
        await publisher.setPaused('video', false);
        await untilRecorded(recording, 12);
        await publisher.setPaused('audio', false);
      });
    },
    async continued() {
      const folder = await recorded.folder();
      const uploaded = await recorded.folder();
      for (const [name, seconds] of Object.entries({ before: 4, after: 8 })) {
        const publisher = await publish(name);
        const thumbnails = { targetIntervalSeconds: 1, storage: ['SEQUENTIAL'] } as const;
        const recording = await record(name, folder, { thumbnails });
        await untilRecorded(recording, seconds);
        await publisher.stop();
        await recording.stop();
        await moveAway(folder, uploaded);
      }
      await closeRecordingFolder(folder);
      await cp(uploaded, folder, { recursive: true });
      return folder;
    },
    async sound() {
      await publish('sound', { kinds: ['audio'] });
      return recordFor('sound', 6);
    },
    async picture() {
      await publish('picture', { kinds: ['video'] });
      return recordFor('picture', 6);
    },
    async simulcast() {
      const publisher = await Publisher.start(recorded.signalling('simulcast'), {
        identity: await createIdentity(),
        video: layer(640, 360, 200_000),
        lowerLayers: [layer(160, 90, 50_000), layer(320, 180, 100_000)],
        audio: true,
      });
      publishers.push(publisher);
      return recordFor('simulcast', 6);
    },
  };

  /** All of them side by side. What goes wrong is told by the test of each. */
  async function perform(scripts: Record<string, Script>): Promise<void> {
    for (const [name, script] of Object.entries(scripts)) folders.set(name, script());
    await Promise.allSettled(folders.values());
  }

  before(async () => {
    clock = encodeClock(clockSeconds);
    recorded = await RecordedStage.start();
    chromium = await launchChromium();
    await perform(ofBrowsers);
    await Promise.all(pages.map((page) => page.close()));
    await publish('clock');
    await perform(ofOthers);
    await Promise.all(publishers.map((publisher) => publisher.stop()));
    for (const relay of relays) relay.close();
    const recordings = [...folders];
    while (recordings.length > 0) {
      for (const [name, folder] of recordings.splice(0, playedTogether)) playbacks.set(name, folder.then(play));
      await Promise.allSettled(playbacks.values());
    }
  });
  after(async () => {
    await chromium?.close();
    await recorded?.close();
  });

  function play(folder: string): Promise<Playback> {
    return playRecording(chromium, folder, { playbackRate: 2 });
  }

  /** What holds for all of them: each file is sound, and it plays as long as it says, without a fault or a gap. */
  async function examine(name: string): Promise<Examined> {
    const folder = await folders.get(name);
    const playback = await playbacks.get(name);
    assert.ok(folder && playback);
    const recording = await checkRecording(folder);
    assert.ok(recording.ended);
    assert.equal(recording.targetDurationSeconds, targetSegmentDurationSeconds + 4);
    const { errors, stalls, buffered, playedSeconds } = playback;
    assert.deepEqual({ errors, stalls, pieces: buffered.length }, { errors: [], stalls: 0, pieces: 1 });
    assert.ok(Math.abs(playedSeconds - recording.durationSeconds) < 0.2, `${playedSeconds} s were played`);
    return { recording, clock: await readRecordedClock(folder), playback };
  }

  it('by a browser has its picture, its sound, and thumbnails', async (t) => {
    const { recording, clock } = await examine('browser');
    assert.deepEqual(sizesOf(recording), ['320x192']);
    assert.match(recording.variant?.codecs ?? '', /^avc1\.42[0-9a-f]{4},mp4a\.40\.2$/);
    assertReadable(t, clock);
    const folder = path.join((await folders.get('browser')) ?? '', 'media');
    const thumbnails = await readdir(path.join(folder, 'thumbnails/high'));
    assertNumbered(thumbnails, 2);
    assert.deepEqual(await readdir(path.join(folder, 'latest_thumbnail/high')), ['thumb.jpg']);
  });

  it('by a browser that changes its size goes on with another init segment', async (t) => {
    const { recording, clock, playback } = await examine('resized');
    assert.deepEqual(sizesOf(recording), ['640x384', '320x192']);
    assert.deepEqual(playback.sizes, ['640x384', '320x192']);
    assertReadable(t, clock);
  });

  it('of VP8 is H.264', async (t) => {
    const { recording, clock } = await examine('vp8');
    assert.deepEqual(sizesOf(recording), ['320x192']);
    assert.match(recording.variant?.codecs ?? '', /^avc1\.4d[0-9a-f]{4},mp4a\.40\.2$/);
    assertReadable(t, clock);
  });

  it('by a client that takes no wishes for key frames is as clean', async (t) => {
    const { recording, clock } = await examine('clean');
    assert.deepEqual(sizesOf(recording), ['320x192']);
    assertReadable(t, clock);
  });

  it('begins with a key frame when it begins between two of them', async (t) => {
    const { clock } = await examine('late');
    const first = clock.pictures.find(({ reading }) => reading !== undefined);
    assert.equal((first?.reading?.number ?? -1) % 30, 0);
    assertReadable(t, clock);
  });

  it('with 2 % of the packets lost on the way is as clean', async (t) => {
    const { clock } = await examine('lossy');
    assertReadable(t, clock);
  });

  it('shows black and sounds silent where the publisher was muted, and comes together again', async (t) => {
    const { recording, clock } = await examine('muted');
    assert.deepEqual(sizesOf(recording), ['320x192']);
    assert.ok(recording.periods.length >= 3);
    const hidden = missingSeconds(clock);
    assert.ok(hidden.length >= 3, `no picture in ${hidden}`);
    const heard = clock.beepsSeconds;
    const silences = heard.slice(1).map((beep, index) => beep - (heard[index] ?? 0));
    // Of the five seconds, some pass before the recording tells how long it is.
    assert.ok(Math.max(...silences) > 2, `silences of ${silences}`);
    assertReadable(t, clock);
  });

  it('goes on in its folder when somebody publishes again, also when what was there has been taken away', async (t) => {
    const { recording, clock } = await examine('continued');
    const maps = recording.periods.map(({ map }) => map);
    assert.ok(maps.length >= 2 && maps.every((map, index) => map === `init-${index}.mp4`), `${maps}`);
    assertReadable(t, clock);
    const thumbnails = await readdir(path.join((await folders.get('continued')) ?? '', 'media/thumbnails/high'));
    assertNumbered(thumbnails, 2);
  });

  it('of sound alone, where that is wanted, has no picture', async (t) => {
    const { recording, clock } = await examine('soundAlone');
    assert.deepEqual([sizesOf(recording), recording.variant?.codecs], [['audio'], 'mp4a.40.2']);
    assertHeard(t, clock);
  });

  it('of somebody who sends no picture is black', async (t) => {
    const { recording, clock } = await examine('sound');
    assert.equal(recording.periods.length, 1);
    assert.ok(clock.pictures.length > 0 && clock.pictures.every(({ reading }) => reading === undefined));
    assertHeard(t, clock);
  });

  it('of somebody who sends no sound is silent', async (t) => {
    const { recording, clock } = await examine('picture');
    assert.deepEqual([sizesOf(recording), clock.beepsSeconds], [['320x192'], []]);
    assert.match(recording.variant?.codecs ?? '', /^avc1\.42[0-9a-f]{4},mp4a\.40\.2$/);
    assertSeen(t, clock);
  });

  it('of several layers is that of the best one, from the beginning', async () => {
    const { recording } = await examine('simulcast');
    assert.deepEqual(sizesOf(recording), ['640x360']);
  });

  it('goes on in another period when its recorder is killed', async (t) => {
    const { recording, clock } = await examine('killed');
    assert.deepEqual(sizesOf(recording), ['320x192']);
    assert.ok(recording.periods.length >= 2);
    assertReadable(t, clock);
  });
});

interface PagePublishing {
  readonly size?: { readonly width: number; readonly height: number };
  readonly videoCodec?: string;
}

function layer(width: number, height: number, bitrateBps: number) {
  return { width, height, bitrateBps, framesPerSecond: 30, keyFrameIntervalSeconds: 60 };
}

/** As files are that were uploaded: all but the playlists, which change. */
async function moveAway(folder: string, to: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!/\.(mp4|jpg)$/.test(name)) continue;
    await cp(path.join(folder, name), path.join(to, name));
    await rm(path.join(folder, name));
  }
}

/** One after the other. A machine that is too slow for its key frames has black in between, as large. */
function sizesOf({ pictures }: CheckedRecording): string[] {
  return pictures.filter((size, index) => size !== pictures[index - 1]);
}

function assertNumbered(thumbnails: readonly string[], atLeast: number): void {
  assert.deepEqual(new Set(thumbnails), new Set(thumbnails.map((_, index) => `${index}.jpg`)));
  assert.ok(thumbnails.length >= atLeast, `${thumbnails}`);
}

/**
 * The clock can be read and its beeps can be heard. Which seconds are missing, and how much later a beep is heard than its
 * flash is seen, is told: a machine that is too slow to publish in time has some.
 */
function assertReadable(t: TestContext, clock: RecordedClock): void {
  assertSeen(t, clock);
  assertHeard(t, clock);
  t.diagnostic(`beeps after their flashes: ${clock.beepsAfterFlashesMs} ms`);
}

function assertSeen(t: TestContext, clock: RecordedClock): void {
  assert.ok(clock.pictures.some(({ reading }) => reading !== undefined));
  t.diagnostic(`seconds that are missing: ${missingSeconds(clock).join(', ') || 'none'}`);
}

function assertHeard(t: TestContext, { beepsSeconds }: RecordedClock): void {
  assert.ok(beepsSeconds.length > 0);
  t.diagnostic(`beeps at ${beepsSeconds.map((beep) => beep.toFixed(2)).join(', ')} s`);
}
