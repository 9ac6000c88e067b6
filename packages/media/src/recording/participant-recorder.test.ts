import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { closeRecordingFolder } from './close-recording-folder.ts';
import { testPictures } from './publisher.fixture.ts';
import { beepsIn } from './read-recording.fixture.ts';
import {
  checkSync,
  checkWhole,
  duration,
  pictureOf,
  pictures,
  record,
  recordInto,
  sound,
} from './recorded-publisher.fixture.ts';

const largerPictures = testPictures('640x360', 6);

describe('a participant recorder', () => {
  it('makes one init segment of a clean publish, and segments that end at key frames it asked for', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    publisher.run(14_000);
    const segments = await finish();
    checkWhole(segments);
    assert.equal(segments.length, 4);
    for (const { map, discontinuity, video } of segments) {
      assert.deepEqual([map, discontinuity, pictureOf(video[0]?.data)], ['init-0.mp4', false, 0]);
    }
    for (const { durationSeconds } of segments.slice(0, -1)) assert.ok(durationSeconds > 3.5 && durationSeconds < 4.2);
    assert.equal(publisher.keyFramesAsked, 4);
    assert.ok(duration(segments) > 13.9);
    assert.ok(segments[0]?.programDateTimeMs);
    assert.deepEqual(
      segments.slice(1).map(({ programDateTimeMs }) => programDateTimeMs),
      [undefined, undefined, undefined],
    );
    await checkSync(segments, publisher);
  });

  it('brings picture and sound together by the sender reports, whatever their ways take', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound, videoLatencyMs: 300 });
    publisher.run(9_000);
    const segments = await finish();
    checkWhole(segments);
    await checkSync(segments, publisher);
  });

  it('goes on when the clock of the publisher jumps', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    for (const jumpMs of [100_000, -5_000, 5_000, -100_000]) {
      publisher.run(5_000);
      publisher.jump(jumpMs);
    }
    publisher.run(5_000);
    const segments = await finish();
    checkWhole(segments);
    assert.ok(Math.abs(duration(segments) - 25) < 0.5, `${duration(segments)} s`);
    await checkSync(segments, publisher, { toleratedSeconds: 0.06 });
  });

  it('leaves out what was lost up to the next key frame, and goes on in the same period', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    publisher.run(5_000);
    let sent = 0;
    publisher.loses = () => ++sent % 50 === 0;
    publisher.run(3_000);
    publisher.loses = () => false;
    publisher.run(5_000);
    const segments = await finish();
    checkWhole(segments);
    assert.ok(segments.every(({ discontinuity }) => !discontinuity));
    assert.ok(duration(segments) > 12.8, `${duration(segments)} s`);
    await checkSync(segments, publisher);
  });

  it('begins a period with an init segment of its own where the picture changes its size', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    publisher.run(5_000);
    publisher.change(largerPictures);
    publisher.run(5_000);
    const segments = await finish();
    checkWhole(segments);
    const [at, ...others] = segments.flatMap(({ discontinuity }, index) => (discontinuity ? [index] : []));
    assert.ok(at && others.length === 0);
    const maps = segments.map(({ map }) => map);
    assert.deepEqual(
      maps,
      segments.map((_, index) => (index < at ? 'init-0.mp4' : 'init-1.mp4')),
    );
    assert.ok(segments[at]?.programDateTimeMs);
    assert.ok(Math.abs(duration(segments) - 10) < 0.2);
  });

  it('shows black while the video is muted, one picture a segment, and no gap in the sound', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    publisher.run(4_500);
    publisher.mute(true);
    publisher.run(5_000);
    publisher.mute(false);
    publisher.run(4_000);
    const segments = await finish();
    checkWhole(segments);
    const black = segments.filter(({ map }) => map === 'init-1.mp4');
    assert.deepEqual(
      black.map(({ video }) => video.length),
      [1, 1],
    );
    assert.ok(Math.abs(duration(black) - 5.1) < 0.2, `${duration(black)} s of black`);
    assert.deepEqual(
      segments.flatMap(({ discontinuity, map }) => (discontinuity ? [map] : [])),
      ['init-1.mp4', 'init-2.mp4'],
    );
    assert.ok(Math.abs(duration(segments) - 13.5) < 0.2);
    await checkSync(segments, publisher);
  });

  it('fills holes in the sound with silence', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    publisher.run(4_500);
    publisher.audioSilent = true;
    publisher.run(6_000);
    publisher.audioSilent = false;
    publisher.run(4_000);
    const segments = await finish();
    checkWhole(segments);
    assert.ok(segments.every(({ discontinuity }) => !discontinuity));
    await checkSync(segments, publisher, { silentSeconds: 6 });
  });

  it('shows black from where a segment would be too long, until there is a key frame', async (t) => {
    const { publisher, finish } = await record(
      t,
      { pictures: testPictures('320x180', 14), sound },
      {},
      'no key frames',
    );
    publisher.run(17_000);
    const segments = await finish();
    checkWhole(segments);
    assert.deepEqual(
      segments.map(({ map }) => map),
      ['init-0.mp4', 'init-1.mp4', 'init-1.mp4', 'init-2.mp4'],
    );
    assert.equal(segments[0]?.durationSeconds, 8);
    assert.equal(pictureOf(segments[3]?.video[0]?.data), 0);
    assert.match(await readFile(segments.folder, 'utf8'), /^#EXT-X-TARGETDURATION:8$/m);
  });

  it('begins with black, and all of the sound, when the first key frame is late', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    publisher.videoSilent = true;
    publisher.run(4_200);
    publisher.videoSilent = false;
    publisher.run(5_000);
    const segments = await finish();
    checkWhole(segments);
    assert.equal(segments[0]?.video.length, 1);
    assert.ok(duration(segments) > 9);
    assert.equal(beepsIn(segments).length, 10);
  });

  it('shows black where no picture ever comes, so that one could come later', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound });
    publisher.videoSilent = true;
    publisher.run(10_000);
    publisher.videoSilent = false;
    publisher.run(4_000);
    const segments = await finish();
    checkWhole(segments);
    const black = segments.filter(({ map }) => map === 'init-0.mp4');
    assert.ok(black.every(({ video }) => video.length === 1));
    assert.ok(Math.abs(duration(black) - 10.1) < 0.2);
    assert.equal(beepsIn(segments).length, 14);
  });

  it('records silence with a publisher without sound', async (t) => {
    const { publisher, finish } = await record(t, { pictures });
    publisher.run(9_000);
    const segments = await finish();
    checkWhole(segments);
    assert.ok(segments.every(({ audio, video }) => audio.length > 0 && video.length > 0));
    assert.ok(duration(segments) > 8.9);
    assert.deepEqual(beepsIn(segments), []);
  });

  it('leaves pictures out of a recording of sound', async (t) => {
    const { publisher, finish } = await record(t, { pictures, sound }, { mediaType: 'AUDIO_ONLY' });
    publisher.run(6_000);
    const segments = await finish();
    assert.ok(segments.every(({ audio, video }) => video.length === 0 && audio.length > 0));
    assert.equal(publisher.keyFramesAsked, 0);
    const multivariant = await readFile(join(segments.folder, '../../multivariant.m3u8'), 'utf8');
    assert.match(multivariant, /CODECS="mp4a.40.2"\n/);
  });

  it('makes thumbnails alone, of key frames that it asks for', async (t) => {
    const thumbnails = { targetIntervalSeconds: 2, storage: ['SEQUENTIAL', 'LATEST'] } as const;
    const { publisher, folder, files, stop } = await record(t, { pictures, sound }, { mediaType: 'NONE', thumbnails });
    let made = 0;
    files.on('file', (path) => {
      if (path.startsWith('media/thumbnails')) made += 1;
    });
    for (let wanted = 1; wanted <= 4; wanted += 1) {
      publisher.run(wanted === 1 ? 1_000 : 2_000);
      while (made < wanted) await once(files, 'file');
    }
    await stop();
    const closed = await closeRecordingFolder(folder);
    assert.equal(closed.durationMs, 0);
    assert.deepEqual(closed.files, [
      'media/latest_thumbnail/high/thumb.jpg',
      ...[0, 1, 2, 3].map((number) => `media/thumbnails/high/${number}.jpg`),
    ]);
    const latest = await readFile(join(folder, 'media/latest_thumbnail/high/thumb.jpg'));
    assert.ok(latest.equals(await readFile(join(folder, 'media/thumbnails/high/3.jpg'))));
    assert.deepEqual([...latest.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  });

  it('goes on in a folder with the next numbers, also when its files were taken away', async (t) => {
    const thumbnails = { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'] } as const;
    const first = await record(t, { pictures, sound }, { thumbnails });
    first.publisher.run(6_000);
    await first.stop();
    const high = join(first.folder, 'media/hls/high');
    const before = (await readdir(high)).filter((name) => name.endsWith('.mp4'));
    assert.deepEqual(before.sort(), ['0.mp4', '1.mp4', 'init-0.mp4']);
    for (const name of before) await rm(join(high, name));
    await rm(join(first.folder, 'media/thumbnails'), { recursive: true });

    const second = await recordInto(first.folder, { pictures: largerPictures, sound }, { thumbnails });
    second.publisher.run(3_000);
    await second.stop();
    const { durationMs, files } = await closeRecordingFolder(first.folder);
    assert.deepEqual(files, [
      'media/hls/high/2.mp4',
      'media/hls/high/init-1.mp4',
      'media/hls/high/playlist.m3u8',
      'media/hls/multivariant.m3u8',
      'media/thumbnails/high/1.jpg',
    ]);
    assert.ok(Math.abs(durationMs - 9_000) < 300, `${durationMs} ms`);
    const playlist = await readFile(join(high, 'playlist.m3u8'), 'utf8');
    assert.match(
      playlist,
      /#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-1.mp4"\n#EXT-X-PROGRAM-DATE-TIME:.*\n#EXTINF:.*\n2.mp4\n#EXT-X-ENDLIST/,
    );
    assert.match(await readFile(join(high, '../multivariant.m3u8'), 'utf8'), /RESOLUTION=640x360/);
  });
});
