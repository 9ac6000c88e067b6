import { type MetadataFile, metadataFile } from '../../recordings/recording-metadata.ts';
import { wholeSeconds } from '../../recordings/recording-prefix.ts';
import { stages } from '../../stages/stage-table.ts';
import type { CompositeRecord } from './composite-record.ts';

/** Written when a recording begins. https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/rt-composite-recording.html */
export function compositeStarted(recording: CompositeRecord): MetadataFile {
  return metadataFile('recording-started', {
    ...beginning(recording),
    recording_status: 'RECORDING_STARTED',
    media: mediaOf(recording),
  });
}

/** Written last, when everything else is there. */
export function compositeEnded(recording: CompositeRecord, endTime: Date, durationMs: number): MetadataFile {
  return metadataFile('recording-ended', {
    ...beginning(recording),
    recording_ended_at: wholeSeconds(endTime),
    recording_status: 'RECORDING_ENDED',
    media: mediaOf(recording, durationMs),
  });
}

/** Written in place of `recording-ended.json`. */
export function compositeFailed(
  recording: CompositeRecord,
  reason: string,
  endTime: Date,
  durationMs: number,
): MetadataFile {
  const hasStarted = recording.startTime !== undefined;
  return metadataFile('recording-failed', {
    ...beginning(recording),
    recording_ended_at: wholeSeconds(endTime),
    recording_status: hasStarted ? 'RECORDING_ENDED_WITH_FAILURE' : 'RECORDING_START_FAILED',
    recording_status_message: reason,
    media: mediaOf(recording, hasStarted ? durationMs : 0),
  });
}

function beginning({ stage: { account, region, stageId }, startTime }: CompositeRecord) {
  return {
    version: 'v1',
    stage_arn: stages.arn({ account, region }, { id: stageId }),
    ...(startTime && { recording_started_at: wholeSeconds(startTime) }),
  };
}

function mediaOf({ rendition, width, height, thumbnails }: CompositeRecord, durationMs?: number) {
  const storage = thumbnails?.storage ?? [];
  const size = { resolution_width: width, resolution_height: height };
  const pictures = (path: string) => ({ path, resolutions: [{ path: `${width}x${height}`, ...size }] });
  return {
    hls: {
      ...(durationMs !== undefined && { duration_ms: durationMs }),
      path: 'media/hls',
      playlist: 'multivariant.m3u8',
      renditions: [{ path: rendition, playlist: 'playlist.m3u8', ...size }],
    },
    ...(storage.includes('SEQUENTIAL') && { thumbnails: pictures('media/thumbnails') }),
    ...(storage.includes('LATEST') && { latest_thumbnail: pictures('media/latest_thumbnail') }),
  };
}
