import { scope } from '../control-plane.fixture.ts';
import { fillRecordingSettings } from '../stages/recording-settings.ts';
import type { RecordingRecord } from './recording-table.ts';

export const storageConfigurationArn = 'arn:aws:ivs:us-west-2:123456789012:storage-configuration/aBcdefghIJKL';

/** A recording that goes on, with the default settings, but for the given members. */
export function recordingRecord(members: Partial<RecordingRecord> = {}): RecordingRecord {
  return {
    id: 'RecAAAAA0001',
    stage: { ...scope, stageId: 'Fr1dayShow01' },
    participantId: 'pHostAAAA001',
    sessionId: 'st-9z8y7x6w5v4u3',
    bucketName: 'show-archive',
    prefix: 'Fr1dayShow01/st-9z8y7x6w5v4u3/pHostAAAA001/2026-11-21T20-01-04Z',
    state: 'ACTIVE',
    settings: fillRecordingSettings({ storageConfigurationArn }),
    startTime: new Date('2026-11-21T20:01:04Z'),
    ...members,
  };
}
