import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { writeMediaPlaylist } from '../hls/media-playlist.ts';
import { closeRecordingFolder } from './close-recording-folder.ts';
import { MULTIVARIANT_FILE, PARTICIPANT_LAYOUT } from './folder-layout.ts';
import { readPlaylist } from './journal.ts';
import { writeFileWhole } from './write-file.ts';

const { renditionFolder, playlistFile } = PARTICIPANT_LAYOUT;

/** Three segments of 2 seconds each, the last one after a discontinuity. */
async function recordingFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-recording-'));
  t.after(() => rm(folder, { recursive: true }));
  const names = ['0.mp4', '1.mp4', '2.mp4'];
  for (const name of [...names, 'init-0.mp4', 'init-1.mp4']) {
    await writeFileWhole(folder, `${renditionFolder}/${name}`, 'media');
  }
  const entries = names.map((uri, index) => ({
    uri,
    durationSeconds: 2,
    discontinuity: index === 2,
    map: index === 2 ? 'init-1.mp4' : 'init-0.mp4',
  }));
  await writeFileWhole(folder, playlistFile, writeMediaPlaylist({ type: 'EVENT', targetDurationSeconds: 6, entries }));
  await writeFileWhole(folder, MULTIVARIANT_FILE, '#EXTM3U\n');
  return folder;
}

const below = (...names: string[]) => names.map((name) => `${renditionFolder}/${name}`);

test('a recording ends before the first segment that is lost, or whose init segment is', async (t) => {
  for (const [lost, kept] of [
    [below('1.mp4', '2.mp4', 'init-1.mp4'), ['0.mp4']],
    [below('init-1.mp4'), ['0.mp4', '1.mp4']],
    [[], ['0.mp4', '1.mp4', '2.mp4']],
  ] as const) {
    const folder = await recordingFolder(t);
    const { durationMs, files } = await closeRecordingFolder(folder, new Set(lost));
    const playlist = await readPlaylist(folder, playlistFile);
    assert.equal(playlist?.type, 'VOD');
    assert.deepEqual(
      playlist?.entries.map(({ uri }) => uri),
      kept,
    );
    assert.equal(durationMs, 2_000 * kept.length);
    assert.equal((await stat(join(folder, playlistFile))).mode & 0o777, 0o600);
    assert.ok(lost.every((file) => !files.includes(file)));
    assert.ok([...below(...kept, 'init-0.mp4'), playlistFile, MULTIVARIANT_FILE].every((file) => files.includes(file)));
  }
});

test('a recording without a single segment left has no playlists', async (t) => {
  const folder = await recordingFolder(t);
  const { durationMs, files } = await closeRecordingFolder(folder, new Set(below('init-0.mp4')));
  assert.equal(durationMs, 0);
  assert.ok(!files.some((file) => file.endsWith('.m3u8')));
  assert.ok(!(await readdir(join(folder, renditionFolder))).includes('playlist.m3u8'));
  await assert.rejects(readFile(join(folder, MULTIVARIANT_FILE)), { code: 'ENOENT' });
});
