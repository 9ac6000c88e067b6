import type { ParticipantRecord } from './participant-table.ts';

/** A participant that has joined and done nothing yet, but for the given members. */
export function participantRecord(members: Partial<ParticipantRecord> = {}): ParticipantRecord {
  return {
    participantId: 'pHostAAAA001',
    userId: '',
    state: 'CONNECTED',
    firstJoinTime: new Date('2026-11-21T20:01:02Z'),
    attributes: {},
    published: false,
    ispName: '',
    osName: '',
    osVersion: '',
    browserName: '',
    browserVersion: '',
    sdkVersion: '',
    recordingS3BucketName: '',
    recordingS3Prefix: '',
    recordingState: 'DISABLED',
    protocol: 'UNKNOWN',
    replicationType: 'NONE',
    ...members,
  };
}
