import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { types as HlsTypes, parse } from 'hls-parser';
import { Parser } from 'm3u8-parser';

export interface RecordedSegment {
  readonly name: string;
  readonly durationSeconds: number;
  readonly discontinuity: boolean;
  readonly map: string;
  readonly programDateTimeMs: number | undefined;
}

/** Segments that go on from each other and have one init segment. */
export interface RecordedPeriod {
  readonly map: string;
  /** By the durations of all segments before. */
  readonly startSeconds: number;
  readonly segments: readonly RecordedSegment[];
}

/** A recording as its playlists tell it. */
export interface RecordedPlaylists {
  /** The folder of its segments, relative to the recording's. */
  readonly rendition: string;
  readonly type: 'EVENT' | 'VOD';
  readonly ended: boolean;
  readonly targetDurationSeconds: number;
  readonly durationSeconds: number;
  readonly segments: readonly RecordedSegment[];
  readonly periods: readonly RecordedPeriod[];
  /** undefined as long as there is no multivariant playlist. */
  readonly variant: RecordedVariant | undefined;
}

export interface RecordedVariant {
  readonly bandwidthBps: number;
  readonly codecs: string;
  readonly resolution: { readonly width: number; readonly height: number } | undefined;
  readonly frameRate: number | undefined;
}

/** Where things are in a recording's folder. */
export const RECORDED = {
  multivariant: 'media/hls/multivariant.m3u8',
  rendition: 'media/hls/high',
  playlist: 'media/hls/high/playlist.m3u8',
} as const;
const HLS_FOLDER = 'media/hls';

/** Reads the playlists of a recording by two parsers, which must agree. @param name of its rendition */
export async function readRecordedPlaylists(folder: string, name = 'high'): Promise<RecordedPlaylists> {
  const rendition = `${HLS_FOLDER}/${name}`;
  const text = await readFile(path.join(folder, rendition, 'playlist.m3u8'), 'utf8');
  const playlist = parse(text);
  assert.ok(playlist instanceof HlsTypes.MediaPlaylist, `${name}/playlist.m3u8 is a media playlist`);
  const segments = playlist.segments.map(({ uri, duration, discontinuity, map, programDateTime }) => ({
    name: uri,
    durationSeconds: duration,
    discontinuity: discontinuity ?? false,
    map: map?.uri ?? '',
    programDateTimeMs: programDateTime?.getTime(),
  }));
  const read = {
    ended: playlist.endlist,
    targetDurationSeconds: playlist.targetDuration,
    segments,
  };
  assert.deepEqual(readByOther(text), read, 'both parsers read the same');
  return {
    ...read,
    rendition,
    type: playlist.playlistType === 'VOD' ? 'VOD' : 'EVENT',
    durationSeconds: segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
    periods: periodsOf(segments),
    variant: await readVariant(folder, name),
  };
}

function readByOther(text: string): Pick<RecordedPlaylists, 'ended' | 'targetDurationSeconds' | 'segments'> {
  const parser = new Parser();
  parser.push(text);
  parser.end();
  const { endList = false, targetDuration, segments } = parser.manifest;
  return {
    ended: endList,
    targetDurationSeconds: targetDuration,
    segments: segments.map(({ uri, duration, discontinuity, map, dateTimeString }) => ({
      name: uri,
      durationSeconds: duration,
      discontinuity: discontinuity ?? false,
      map: map?.uri ?? '',
      programDateTimeMs: dateTimeString === undefined ? undefined : Date.parse(dateTimeString),
    })),
  };
}

function periodsOf(segments: readonly RecordedSegment[]): RecordedPeriod[] {
  const periods: (RecordedPeriod & { segments: RecordedSegment[] })[] = [];
  let startSeconds = 0;
  for (const segment of segments) {
    if (segment.discontinuity || periods.length === 0) periods.push({ map: segment.map, startSeconds, segments: [] });
    const period = periods.at(-1);
    assert.equal(segment.map, period?.map, `${segment.name} changes its init segment without a discontinuity`);
    period?.segments.push(segment);
    startSeconds += segment.durationSeconds;
  }
  return periods;
}

async function readVariant(folder: string, name: string): Promise<RecordedVariant | undefined> {
  const names = await readdir(path.join(folder, path.dirname(RECORDED.multivariant)));
  if (!names.includes(path.basename(RECORDED.multivariant))) return undefined;
  const text = await readFile(path.join(folder, RECORDED.multivariant), 'utf8');
  const playlist = parse(text);
  assert.ok(playlist instanceof HlsTypes.MasterPlaylist, 'multivariant.m3u8 is a multivariant playlist');
  const [variant, ...others] = playlist.variants;
  assert.ok(variant && others.length === 0, 'there is one variant');
  assert.equal(variant.uri, `${name}/playlist.m3u8`);
  const parser = new Parser();
  parser.push(text);
  parser.end();
  assert.deepEqual(
    parser.manifest.playlists.map(({ uri, attributes }) => [uri, attributes.BANDWIDTH, attributes.CODECS]),
    [[variant.uri, variant.bandwidth, variant.codecs]],
    'both parsers read the same',
  );
  return {
    bandwidthBps: variant.bandwidth,
    codecs: variant.codecs ?? '',
    resolution: variant.resolution ? { ...variant.resolution } : undefined,
    frameRate: variant.frameRate,
  };
}
