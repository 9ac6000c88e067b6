import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type CheckedRecording, checkRecording, probePackets } from './check-recording.ts';
import { type Place, readTile, type TileReading } from './composed-clock.ts';
import type { RecordedBucket } from './recorded-bucket.ts';
import { findBeeps, pair, periodFile } from './recorded-clock.ts';

/** A composite recording, read out of its bucket and checked. */
export interface ComposedRecording {
  readonly folder: string;
  readonly rendition: string;
  readonly recording: CheckedRecording;
  /** The init segment of each period with its segments. */
  readonly files: readonly Buffer[];
}

/** The folder goes with the test. */
export async function readComposed(t: TestContext, bucket: RecordedBucket, prefix: string): Promise<ComposedRecording> {
  const folder = await bucket.download(prefix);
  t.after(() => rm(folder, { recursive: true, force: true }));
  const playlist = (await bucket.list(prefix)).find((file) => file.endsWith('/playlist.m3u8'));
  const rendition = playlist?.split('/')[2] ?? '';
  assert.match(rendition, /^360p30-[A-Za-z0-9]{12}$/);
  const recording = await checkRecording(folder, rendition);
  const files = recording.periods.map((period) => periodFile(path.join(folder, recording.rendition), period));
  return { folder, rendition, recording, files: await Promise.all(files) };
}

/** How much later than a tile's flashes beeps are heard, in milliseconds. */
export function beepsAfterFlashes(file: Buffer, readings: readonly TileReading[]): number[] {
  const packets = probePackets(file);
  const times = (track: 'video' | 'audio') =>
    packets.filter((packet) => packet.track === track).map(({ startSeconds }) => startSeconds);
  const shown = times('video');
  const flashes = readings.flatMap(({ clock }, index) =>
    clock?.flash && readings[index - 1]?.clock?.flash === false ? [shown[index] ?? 0] : [],
  );
  return pair(flashes, findBeeps(file, times('audio')[0]));
}

/** One arrangement of participants: places, and what is to be seen in each of them. */
export interface Scene {
  readonly name: string;
  readonly tiles: readonly { readonly place: Place; readonly shows: (reading: TileReading) => boolean }[];
}

/** Which scene each picture of a file shows; undefined where it is none. */
export function readScenes(file: Buffer, scenes: readonly Scene[]): (string | undefined)[] {
  const read = new Map<string, TileReading[]>();
  const readingsOf = (place: Place) => {
    const key = JSON.stringify(place);
    const readings = read.get(key) ?? readTile(file, place);
    read.set(key, readings);
    return readings;
  };
  const shown = scenes.map(({ name, tiles }) => ({
    name,
    tiles: tiles.map(({ place, shows }) => readingsOf(place).map(shows)),
  }));
  const count = shown[0]?.tiles[0]?.length ?? 0;
  return Array.from(
    { length: count },
    (_, index) => shown.find(({ tiles }) => tiles.every((tile) => tile[index]))?.name,
  );
}

/** The order of scenes, each once, what is none left out. */
export function sequenceOf(scenes: readonly (string | undefined)[]): string[] {
  const named = scenes.filter((scene) => scene !== undefined);
  return named.filter((scene, index) => scene !== named[index - 1]);
}
