import type { ParticipantRecord } from './participant-table.ts';

/** How a participant is recorded, as its record shows it. */
export type RecordingMembers = Pick<
  ParticipantRecord,
  'recordingState' | 'recordingS3BucketName' | 'recordingS3Prefix'
>;

/** What it is to be, by what it is. Pure: the record is in memory and in the store. */
export type RecordingChange = (present: RecordingMembers) => RecordingMembers;

export type ParticipantOfSession = { readonly sessionId: string; readonly participantId: string };

export function applyRecordingChange(participant: { record: ParticipantRecord }, change: RecordingChange): void {
  participant.record = { ...participant.record, ...change(participant.record) };
}

export function recordingMembers(record: RecordingMembers): RecordingMembers {
  const { recordingState, recordingS3BucketName, recordingS3Prefix } = record;
  return { recordingState, recordingS3BucketName, recordingS3Prefix };
}
