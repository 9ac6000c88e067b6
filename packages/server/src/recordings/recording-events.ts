import type { ServiceEvent } from '../events/service-event.ts';
import { stages } from '../stages/stage-table.ts';
import type { RecordingFailure } from './recording-failure.ts';
import type { RecordingRecord } from './recording-table.ts';

/** What others are told of a recording. */
export type RecordingNews =
  | { readonly name: 'Recording Start' }
  | { readonly name: 'Recording End'; readonly durationMs: number }
  | { readonly name: 'Recording Start Failure'; readonly failure: RecordingFailure }
  | { readonly name: 'Recording End Failure'; readonly failure: RecordingFailure; readonly durationMs: number };

/**
 * The news in the form in which it goes out.
 * https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/eventbridge.html
 */
export function recordingStateChange(recording: RecordingRecord, news: RecordingNews, time: Date): ServiceEvent {
  const { account, region, stageId } = recording.stage;
  const scope = { account, region };
  return {
    scope,
    detailType: 'IVS Participant Recording State Change',
    resourceArn: stages.arn(scope, { id: stageId }),
    time,
    detail: {
      session_id: recording.sessionId,
      event_name: news.name,
      participant_id: recording.participantId,
      recording_s3_bucket_name: recording.bucketName,
      recording_s3_key_prefix: recording.prefix,
      ...('durationMs' in news && { recording_duration_ms: news.durationMs }),
      ...('failure' in news && { error_code: news.failure.errorCode, reason: news.failure.reason }),
    },
  };
}
