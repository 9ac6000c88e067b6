import { stages } from '../stages/stage-table.ts';
import type { RecordingFailure } from './recording-failure.ts';
import { sessionOfPrefix, wholeSeconds } from './recording-prefix.ts';
import type { RecordingRecord } from './recording-table.ts';

/** A file that tells of a recording, and its place below the recording's prefix. */
export interface MetadataFile {
  readonly path: string;
  readonly text: string;
}

const RENDITION = 'high';

/** Written when a recording begins. https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/rt-individual-participant-recording.html */
export function recordingStarted(recording: RecordingRecord): MetadataFile {
  return metadataFile('recording-started', {
    ...identity(recording),
    ...startedAt(recording),
    recording_status: 'RECORDING_STARTED',
    media: mediaOf(recording),
  });
}

/** Written last, when everything else is there. */
export function recordingEnded(recording: RecordingRecord, endTime: Date, durationMs: number): MetadataFile {
  return metadataFile('recording-ended', {
    ...identity(recording),
    ...startedAt(recording),
    recording_ended_at: wholeSeconds(endTime),
    recording_status: 'RECORDING_ENDED',
    media: mediaOf(recording, durationMs),
  });
}

/** Written in place of `recording-ended.json`. */
export function recordingFailed(
  recording: RecordingRecord,
  { reason }: RecordingFailure,
  endTime: Date,
  durationMs: number,
): MetadataFile {
  const hasStarted = recording.state !== 'STARTING';
  return metadataFile('recording-failed', {
    ...identity(recording),
    ...(hasStarted && startedAt(recording)),
    recording_ended_at: wholeSeconds(endTime),
    recording_status: hasStarted ? 'RECORDING_ENDED_WITH_FAILURE' : 'RECORDING_START_FAILED',
    recording_status_message: reason,
    media: mediaOf(recording, hasStarted ? durationMs : 0),
  });
}

/** @param name without what all such names have */
export function metadataFile(name: string, content: object): MetadataFile {
  return { path: `events/${name}.json`, text: `${JSON.stringify(content, undefined, 2)}\n` };
}

function identity({ stage: { account, region, stageId }, prefix, participantId }: RecordingRecord) {
  return {
    version: 'v1',
    stage_arn: stages.arn({ account, region }, { id: stageId }),
    session_id: sessionOfPrefix(prefix),
    participant_id: participantId,
  };
}

function startedAt({ startTime }: RecordingRecord) {
  return { recording_started_at: wholeSeconds(startTime) };
}

function mediaOf({ settings }: RecordingRecord, durationMs?: number) {
  const { mediaTypes, thumbnailConfiguration } = settings;
  const { recordingMode, storage } = thumbnailConfiguration;
  const thumbnails = recordingMode === 'INTERVAL' ? storage : [];
  return {
    ...(mediaTypes[0] !== 'NONE' && {
      hls: {
        ...(durationMs !== undefined && { duration_ms: durationMs }),
        path: 'media/hls',
        playlist: 'multivariant.m3u8',
        renditions: [{ path: RENDITION, playlist: 'playlist.m3u8' }],
      },
    }),
    ...(thumbnails.includes('SEQUENTIAL') && { thumbnails: pictures('media/thumbnails') }),
    ...(thumbnails.includes('LATEST') && { latest_thumbnail: pictures('media/latest_thumbnail') }),
  };
}

function pictures(path: string) {
  return { path, renditions: [{ path: RENDITION }] };
}
