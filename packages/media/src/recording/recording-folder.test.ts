import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type PlaylistEntry, writeMediaPlaylist } from '../hls/media-playlist.ts';
import { MAXIMUM_PLAYLIST_LENGTH } from '../hls/read-media-playlist.ts';
import { closeRecordingFolder } from './close-recording-folder.ts';
import { PARTICIPANT_LAYOUT } from './folder-layout.ts';
import { readPlaylist } from './journal.ts';
import { openParticipantFolder } from './open-participant-folder.ts';
import type { Segment } from './segment.ts';
import { writeFileWhole } from './write-file.ts';

const { renditionFolder, playlistFile } = PARTICIPANT_LAYOUT;

const segment: Segment = {
  period: { audio: { audioSpecificConfig: Buffer.of(0x11, 0x90) } },
  first: true,
  wallClockMs: Date.UTC(2026, 0, 1),
  durationSeconds: 2,
  audio: { baseTime: 0, samples: [{ data: Buffer.alloc(100), keyFrame: true, duration: 96_000 }] },
};

async function folderWith(t: TestContext, entries: readonly PlaylistEntry[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-recording-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFileWhole(folder, playlistFile, writeMediaPlaylist({ type: 'EVENT', targetDurationSeconds: 6, entries }));
  return folder;
}

function entry(uri: string, map = 'init-0.mp4'): PlaylistEntry {
  return { uri, durationSeconds: 2, discontinuity: false, map };
}

test('what a playlist names and nobody may have heard of is told before the playlist that goes on from it', async (t) => {
  const folder = await folderWith(t, [entry('0.mp4'), entry('1.mp4')]);
  // The first one has been taken away; the third one was written when the recorder died.
  for (const name of ['init-0.mp4', '1.mp4', '2.mp4']) await writeFileWhole(folder, `${renditionFolder}/${name}`, '');
  const files = await openParticipantFolder(folder, 2);
  const told: string[] = [];
  files.on('file', (path) => told.push(path.split('/').at(-1) ?? ''));
  files.add(segment);
  files.add({ ...segment, first: false });
  await files.settled();
  assert.deepEqual(told.slice(0, 2).sort(), ['1.mp4', 'init-0.mp4']);
  assert.deepEqual(told.slice(2), [
    ...['init-1.mp4', '2.mp4', 'playlist.m3u8', 'multivariant.m3u8'],
    ...['3.mp4', 'playlist.m3u8'],
  ]);
});

test('a recording fails before its playlist is too long to be ended', async (t) => {
  const uri = `${'a'.repeat(64)}.mp4`;
  const [one, two] = [1, 2].map(
    (count) =>
      writeMediaPlaylist({ type: 'EVENT', targetDurationSeconds: 6, entries: Array(count).fill(entry(uri)) }).length,
  );
  const room = MAXIMUM_PLAYLIST_LENGTH - 1_024 - (one ?? 0);
  const count = 1 + Math.floor(room / ((two ?? 0) - (one ?? 0)));
  const folder = await folderWith(t, Array(count).fill(entry(uri)));
  const files = await openParticipantFolder(folder, 2);
  const failed = once(files, 'failed');
  files.add(segment);
  const [fault] = await failed;
  assert.equal(fault.code, 'INTERNAL');
  assert.equal((await closeRecordingFolder(folder)).durationMs, 2_000 * count);
  assert.equal((await readPlaylist(folder, playlistFile))?.type, 'VOD');
});
