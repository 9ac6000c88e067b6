import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkRecording } from '../support/check-recording.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { makeRecordingFolder } from '../support/made-recording.ts';
import { playRecording } from '../support/play-recording.ts';
import { missingSeconds, readRecordedClock } from '../support/recorded-clock.ts';
import { RECORDED } from '../support/recording-folder.ts';

const periods = [
  { seconds: 4, width: 640, height: 352 },
  { seconds: 2, width: 320, height: 192 },
];

describe('a recording of a clock', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-recording-'));
    await makeRecordingFolder(folder, periods);
  });
  after(() => rm(folder, { recursive: true }));

  it('passes every check', async () => {
    const checked = await checkRecording(folder);
    assert.deepEqual(checked.pictures, ['640x352', '320x192']);
    assert.equal(checked.durationSeconds, 6);
    assert.equal(checked.ended, true);
  });

  it('can be read again: each picture by its number, each beep with its flash', async () => {
    const clock = await readRecordedClock(folder);
    assert.deepEqual(
      clock.pictures.map(({ reading }) => reading?.number),
      [...Array(120).keys(), ...Array(60).keys()],
    );
    assert.deepEqual(missingSeconds(clock), []);
    assert.deepEqual(
      clock.flashesSeconds.map((seconds) => Math.round(seconds * 1_000)),
      [1_000, 2_000, 3_000, 4_000, 5_000],
    );
    assert.ok(clock.beepsAfterFlashesMs.length >= 4);
    assert.ok(
      clock.beepsAfterFlashesMs.every((offset) => Math.abs(offset) <= 5),
      String(clock.beepsAfterFlashesMs),
    );
  });

  it('plays in hls.js from the beginning to the end', { skip: chromiumMissing() }, async () => {
    let chromium: Chromium | undefined;
    try {
      chromium = await launchChromium();
      const playback = await playRecording(chromium, folder);
      const { errors, stalls, sizes, buffered, pictures } = playback;
      assert.deepEqual({ errors, stalls, sizes }, { errors: [], stalls: 0, sizes: ['640x352', '320x192'] });
      assert.equal(buffered.length, 1, 'nothing is missing between the beginning and the end');
      const seconds = [playback.durationSeconds, playback.playedSeconds, buffered[0]?.[1] ?? 0];
      assert.deepEqual(seconds.map(Math.round), [6, 6, 6]);
      assert.ok(pictures > 150, `${pictures} pictures, ${playback.droppedPictures} of them dropped`);
    } finally {
      await chromium?.close();
    }
  });
});

describe('the reading of a recording', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-recording-'));
    await makeRecordingFolder(folder, [{ seconds: 4, soundLateMs: 120 }]);
  });
  after(() => rm(folder, { recursive: true }));

  const segment = (name: string) => path.join(folder, RECORDED.rendition, name);

  it('measures how late the sound is', async () => {
    const { beepsAfterFlashesMs } = await readRecordedClock(folder);
    assert.equal(beepsAfterFlashesMs.length, 3);
    for (const offset of beepsAfterFlashesMs) assert.ok(Math.abs(offset - 120) <= 5, String(beepsAfterFlashesMs));
  });

  it('tells what is wrong with it', async () => {
    const faults: [RegExp, string, (content: Buffer) => Buffer][] = [
      [/decodes without a fault/, '1.mp4', (content) => Buffer.concat([content.subarray(0, -300), Buffer.alloc(300)])],
      [/begins where the one before it ended/, '2.mp4', (content) => withLaterBaseTime(content)],
      [/the playlist names/, '../high/extra.mp4', (content) => content],
    ];
    for (const [message, name, change] of faults) {
      const original = await readFile(segment(name)).catch(() => Buffer.of());
      await writeFile(segment(name), change(original));
      await assert.rejects(checkRecording(folder), message);
      if (original.length > 0) await writeFile(segment(name), original);
      else await rm(segment(name));
    }
    await checkRecording(folder);
  });

  it('tells which second is not there', async () => {
    const original = await readFile(segment('2.mp4'));
    await writeFile(segment('2.mp4'), withBaseTimesOf(original, await readFile(segment('1.mp4'))));
    assert.deepEqual(missingSeconds(await readRecordedClock(folder)), [2]);
    await writeFile(segment('2.mp4'), original);
    assert.deepEqual(missingSeconds(await readRecordedClock(folder)), []);
  });
});

/** A segment whose first track begins 9,000 ticks later than it should. */
function withLaterBaseTime(segment: Buffer): Buffer {
  const changed = Buffer.from(segment);
  const [at] = baseTimeOffsets(segment) as [number];
  changed.writeBigUInt64BE(changed.readBigUInt64BE(at) + 9_000n, at);
  return changed;
}

/** A segment at the place of another one. */
function withBaseTimesOf(other: Buffer, segment: Buffer): Buffer {
  const changed = Buffer.from(segment);
  const places = baseTimeOffsets(other);
  for (const [index, at] of baseTimeOffsets(segment).entries())
    other.copy(changed, at, places[index], (places[index] ?? 0) + 8);
  return changed;
}

/** Where the time of each track is: after the type, a version and flags. */
function baseTimeOffsets(segment: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = segment.indexOf('tfdt'); at !== -1; at = segment.indexOf('tfdt', at + 1)) offsets.push(at + 8);
  return offsets;
}
