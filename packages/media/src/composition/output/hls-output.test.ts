import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { types as HlsTypes, parse } from 'hls-parser';
import { Parser } from 'm3u8-parser';
import { closeRecordingFolder } from '../../recording/close-recording-folder.ts';
import { folderLayout } from '../../recording/folder-layout.ts';
import { decodingErrors, type ReadSegment, readSegments } from '../../recording/read-recording.fixture.ts';
import type { HlsOutputSettings, OutputReport } from '../composition-options.ts';
import { Composed, encodePictures, outputStart, Told } from './encoded-media.fixture.ts';
import { HlsOutput } from './hls-output.ts';

const RENDITION = '180p30-k3Jd9aQ1xYz0';
const layout = folderLayout({ rendition: RENDITION, thumbnails: '320x180' });
const pictures = encodePictures();
const SECOND = 30;

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-hls-output-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** An output with what it tells, and what is composed for it. */
async function open(folder: string, settings: Partial<HlsOutputSettings> = {}, beginWallClockMs?: number) {
  const output = await HlsOutput.open(
    { type: 'hls', folder, rendition: RENDITION, targetSegmentDurationSeconds: 2, ...settings },
    outputStart(beginWallClockMs === undefined ? {} : { beginWallClockMs }),
  );
  const reports: OutputReport[] = [];
  const files = new Told<string>();
  const gone: string[] = [];
  const durations: number[] = [];
  output.on('report', (report) => reports.push(report));
  output.on('file', ({ path, final }) => files.push(`${path}${final ? '' : ' …'}`));
  output.on('gone', (path) => gone.push(path));
  output.on('durationchanged', (durationMs) => durations.push(durationMs));
  return { output, reports, files, gone, durations, composed: new Composed(output, pictures) };
}

const inRendition = (...names: string[]) => names.map((name) => `${layout.renditionFolder}/${name}`);
const PLAYLIST = `${layout.playlistFile} …`;

/** Each segment goes on from the one before it in sound and picture, and decodes after its init segment. */
function checkWhole(segments: readonly ReadSegment[]): void {
  for (const [index, segment] of segments.entries()) {
    for (const kind of ['video', 'audio'] as const) {
      const last = segments[index - 1]?.[kind].at(-1);
      const [first] = segment[kind];
      assert.ok(first, `${segment.uri} without ${kind}`);
      if (!last || segment.discontinuity) continue;
      assert.ok(Math.abs(first.at - last.at - last.duration) < 1e-6, `${segment.uri}: a gap in ${kind}`);
    }
  }
  assert.deepEqual(decodingErrors(segments), []);
}

/** The playlist by two parsers, which must agree. */
async function readPlaylist(folder: string) {
  const text = await readFile(join(folder, layout.playlistFile), 'utf8');
  const one = parse(text);
  assert.ok(one instanceof HlsTypes.MediaPlaylist);
  const parser = new Parser();
  parser.push(text);
  parser.end();
  const { manifest } = parser;
  const byOne = {
    type: one.playlistType,
    ended: one.endlist,
    target: one.targetDuration,
    firstSegment: one.mediaSequenceBase ?? 0,
    firstPeriod: one.discontinuitySequenceBase ?? 0,
    segments: one.segments.map(({ uri, duration, discontinuity = false, map, programDateTime }) => ({
      ...{ uri, duration, discontinuity, map: map?.uri },
      timeMs: programDateTime?.getTime(),
    })),
  };
  const byOther = {
    type: manifest.playlistType,
    ended: manifest.endList ?? false,
    target: manifest.targetDuration,
    firstSegment: manifest.mediaSequence,
    firstPeriod: manifest.discontinuitySequence ?? 0,
    segments: manifest.segments.map(({ uri, duration, discontinuity = false, map, dateTimeString }) => ({
      ...{ uri, duration, discontinuity, map: map?.uri },
      timeMs: dateTimeString === undefined ? undefined : Date.parse(dateTimeString),
    })),
  };
  assert.deepEqual(byOne, byOther);
  return byOne;
}

describe('an HLS output', () => {
  it('writes segments of whole groups of pictures, with the sound of their time, in the layout of composite recordings', async (t) => {
    const folder = await makeFolder(t);
    const { output, reports, files, durations, composed } = await open(folder);
    composed.give(10 * SECOND, 800);
    composed.giveSound(10_000);
    await output.close();
    assert.deepEqual(reports, [{ state: 'ACTIVE' }, { state: 'STOPPED' }]);
    assert.deepEqual(durations, [2_000, 4_000, 6_000, 8_000, 10_000]);
    assert.deepEqual(
      files.values.filter((file) => !file.includes('multivariant')),
      [
        ...inRendition('init-0.mp4'),
        ...[0, 1, 2, 3, 4].flatMap((number) => [...inRendition(`${number}.mp4`), PLAYLIST]),
      ],
    );
    const { segments, ...playlist } = await readPlaylist(folder);
    assert.deepEqual(playlist, { type: 'EVENT', ended: false, target: 2, firstSegment: 0, firstPeriod: 0 });
    const [{ timeMs } = { timeMs: 0 }] = segments;
    assert.equal(timeMs, Date.UTC(2026, 0, 1));

    const written = await readSegments(folder, layout);
    checkWhole(written);
    for (const [index, { video, audio, durationSeconds, init, bytes }] of written.entries()) {
      assert.equal(durationSeconds, 2);
      assert.equal(video.length, 60);
      assert.ok(video.every(({ at }, picture) => Math.abs(at - 2 * index - picture / 30) < 1e-4));
      const behind = (audio[0]?.at ?? Number.NaN) - 2 * index;
      assert.ok(behind >= 0 && behind < 1_024 / 48_000, `sound begins ${behind} s after the pictures`);
      assert.ok(audio.every(({ duration }) => duration === 1_024 / 48_000));
      const entries = 'stream=codec_name,width,height,nb_read_packets';
      const probing = ['-v', 'error', '-count_packets', '-show_entries', entries, '-of', 'compact=nk=1:p=0', '-i', '-'];
      const { stdout, stderr } = spawnSync('ffprobe', probing, {
        input: Buffer.concat([init, bytes]),
        encoding: 'utf8',
      });
      assert.equal(stderr, '');
      assert.deepEqual(stdout.trim().split('\n'), ['h264|320|180|60', `aac|${audio.length}`]);
    }
    const multivariant = await readFile(join(folder, 'media/hls/multivariant.m3u8'), 'utf8');
    assert.match(multivariant, /RESOLUTION=320x180,FRAME-RATE=30.000\n180p30-k3Jd9aQ1xYz0\/playlist.m3u8\n$/);

    const closed = await closeRecordingFolder(folder, new Set(), RENDITION);
    assert.equal(closed.durationMs, 10_000);
    assert.equal(closed.files.length, 8);
    const vod = await readPlaylist(folder);
    assert.deepEqual([vod.type, vod.ended, vod.segments.length], ['VOD', true, 5]);
  });

  it('keeps to its target as far as groups of pictures allow', async (t) => {
    const folder = await makeFolder(t);
    const { output, composed } = await open(folder, { targetSegmentDurationSeconds: 3 });
    composed.give(9 * SECOND);
    await output.close();
    const { target, segments } = await readPlaylist(folder);
    assert.equal(target, 4);
    assert.deepEqual(
      segments.map(({ duration }) => duration),
      [4, 4, 1],
    );
  });

  it('begins with the next key frame', async (t) => {
    const folder = await makeFolder(t);
    const { output, composed } = await open(folder);
    composed.frame = 31;
    composed.give(2 * SECOND);
    await output.close();
    const [segment, ...others] = (await readPlaylist(folder)).segments;
    assert.equal(segment?.timeMs, Date.UTC(2026, 0, 1) + 2_000);
    assert.equal(others.length, 0);
    checkWhole(await readSegments(folder, layout));
  });

  it('names another init segment after a discontinuity where the parameters of the pictures change, and only there', async (t) => {
    const folder = await makeFolder(t);
    const { output, composed } = await open(folder);
    composed.give(40);
    // As an encoder that begins anew with other means, to the same end.
    composed.pictures = [...pictures.slice(80), ...pictures.slice(0, 80)];
    composed.give(80);
    composed.pictures = encodePictures({ arguments: ['-profile:v', 'main', '-coder', '1'] });
    composed.give(120);
    composed.giveSound(9_000);
    await output.close();
    const { segments } = await readPlaylist(folder);
    assert.deepEqual(
      segments.map(({ duration, map, discontinuity }) => [Number(duration.toFixed(2)), map, discontinuity]),
      [
        [1.33, 'init-0.mp4', false],
        [2, 'init-0.mp4', false],
        [0.67, 'init-0.mp4', false],
        [2, 'init-1.mp4', true],
        [2, 'init-1.mp4', false],
      ],
    );
    checkWhole(await readSegments(folder, layout));
  });

  it('goes on in its folder with a discontinuity', async (t) => {
    const folder = await makeFolder(t);
    const first = await open(folder);
    first.composed.give(4 * SECOND);
    await first.output.close();
    const second = await open(folder, {}, Date.UTC(2026, 0, 1, 0, 1));
    second.composed.give(4 * SECOND);
    await second.output.close();
    assert.deepEqual(second.durations, [6_000, 8_000]);
    assert.deepEqual(second.reports, [{ state: 'ACTIVE' }, { state: 'STOPPED' }]);
    const { segments } = await readPlaylist(folder);
    assert.deepEqual(
      segments.map(({ uri, map, discontinuity, timeMs }) => [uri, map, discontinuity, timeMs]),
      [
        ['0.mp4', 'init-0.mp4', false, Date.UTC(2026, 0, 1)],
        ['1.mp4', 'init-0.mp4', false, undefined],
        ['2.mp4', 'init-1.mp4', true, Date.UTC(2026, 0, 1, 0, 1)],
        ['3.mp4', 'init-1.mp4', false, undefined],
      ],
    );
    checkWhole(await readSegments(folder, layout));
  });

  it('makes thumbnails of key frames, as large as the picture', async (t) => {
    const folder = await makeFolder(t);
    const thumbnails = { targetIntervalSeconds: 3, storage: ['SEQUENTIAL', 'LATEST'] } as const;
    const { output, files, composed } = await open(folder, { thumbnails });
    for (let seconds = 0; seconds < 10; seconds += 2) {
      composed.give(2 * SECOND);
      const expected = 1 + Math.floor(seconds / 3 - 1e-9);
      const made = (values: readonly string[]) => values.filter((file) => file.includes('latest')).length;
      if (seconds !== 2) await files.until((values) => made(values) >= Math.max(1, expected));
    }
    await output.close();
    // Due at 0, 3, 6 and 9 seconds; the last key frame is at 8.
    const names = await readdir(join(folder, layout.thumbnailsFolder));
    assert.deepEqual(names.sort(), ['0.jpg', '1.jpg', '2.jpg']);
    const latest = join(folder, 'media/latest_thumbnail/320x180/thumb.jpg');
    const probing = ['-v', 'error', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', latest];
    assert.equal(spawnSync('ffprobe', probing, { encoding: 'utf8' }).stdout.trim(), 'mjpeg,320,180');
  });

  it('fails when there is no room, and tells nothing more', async (t) => {
    const folder = await makeFolder(t);
    const { output, reports, files, composed } = await open(folder);
    await mkdir(join(folder, layout.renditionFolder), { recursive: true });
    await symlink('/dev/full', join(folder, layout.renditionFolder, '1.mp4.tmp'));
    composed.give(8 * SECOND);
    await output.close();
    composed.give(8 * SECOND);
    assert.deepEqual(reports, [
      { state: 'ACTIVE' },
      { state: 'FAILED', code: 'DISK_FULL', message: 'There is no room for the recording' },
    ]);
    assert.equal(files.values.at(-1), 'media/hls/multivariant.m3u8 …');
    assert.equal((await readPlaylist(folder)).segments.length, 1);
  });

  it('is not opened with settings that cannot be', async (t) => {
    const folder = await makeFolder(t);
    await assert.rejects(open(folder, { rendition: '../high' }), RangeError);
    await assert.rejects(open(folder, { windowSegments: 2 }), RangeError);
    await assert.rejects(open(folder, { targetSegmentDurationSeconds: 0 }), RangeError);
  });
});

describe('an HLS output of a live stream', () => {
  it('names the newest segments, and tells which files are gone when no player needs them any more', async (t) => {
    const folder = await makeFolder(t);
    const { output, gone, composed } = await open(folder, { windowSegments: 3 });
    composed.give(8 * SECOND);
    composed.pictures = encodePictures({ arguments: ['-profile:v', 'main', '-coder', '1'] });
    composed.give(20 * SECOND);
    composed.giveSound(28_100);
    await output.close();
    const { segments, ...playlist } = await readPlaylist(folder);
    assert.deepEqual(playlist, { type: undefined, ended: false, target: 2, firstSegment: 11, firstPeriod: 1 });
    assert.deepEqual(
      segments.map(({ uri, map, timeMs }) => [uri, map, timeMs]),
      [11, 12, 13].map((number) => [`${number}.mp4`, 'init-1.mp4', Date.UTC(2026, 0, 1) + 2_000 * number]),
    );
    // Four segments have left and are not gone. The first init segment is, since the fourth one is.
    assert.deepEqual(gone, [
      ...inRendition('0.mp4', '1.mp4', '2.mp4', '3.mp4', 'init-0.mp4'),
      ...inRendition('4.mp4', '5.mp4', '6.mp4'),
    ]);
    checkWhole(await readSegments(folder, layout));
  });

  it('goes on with its numbers, forgets what an earlier one left, and can be ended', async (t) => {
    const folder = await makeFolder(t);
    const first = await open(folder, { windowSegments: 3 });
    first.composed.give(12 * SECOND);
    await first.output.close();
    assert.deepEqual(first.gone, []);
    const second = await open(folder, { windowSegments: 3 }, Date.UTC(2026, 0, 1, 0, 1));
    second.composed.give(4 * SECOND);
    await second.output.close();
    const live = await readPlaylist(folder);
    assert.deepEqual([live.firstSegment, live.firstPeriod, live.segments[1]?.discontinuity], [5, 0, true]);
    const third = await open(folder, { windowSegments: 3 }, Date.UTC(2026, 0, 1, 0, 2));
    third.composed.give(20 * SECOND);
    await third.output.close();
    const later = await readPlaylist(folder);
    assert.deepEqual([later.firstSegment, later.firstPeriod], [15, 2]);
    const all = [...first.gone, ...second.gone, ...third.gone];
    const expected = [...Array.from({ length: 11 }, (_, number) => `${number}.mp4`), 'init-0.mp4', 'init-1.mp4'];
    assert.deepEqual([...new Set(all)].sort(), inRendition(...expected).sort());
    assert.equal(third.durations.at(-1), 36_000);

    await closeRecordingFolder(folder, new Set(), RENDITION);
    const ended = await readPlaylist(folder);
    assert.deepEqual([ended.type, ended.ended, ended.firstSegment], [undefined, true, 15]);
  });
});
