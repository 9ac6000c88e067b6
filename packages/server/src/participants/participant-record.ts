import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import type { RecordedClientData } from './client-data.ts';
import type { ParticipantRecord } from './participant-table.ts';

/** The record of a participant that joins a session for the first time. */
export function newParticipantRecord(
  claims: ParticipantClaims,
  { browserName, browserVersion, osName, osVersion, sdkVersion }: RecordedClientData,
  joinTime: Date,
): ParticipantRecord {
  return {
    participantId: claims.participantId,
    userId: claims.userId,
    attributes: claims.attributes,
    state: 'CONNECTED',
    firstJoinTime: joinTime,
    published: false,
    protocol: 'UNKNOWN',
    browserName,
    browserVersion,
    osName,
    osVersion,
    sdkVersion,
    ispName: '',
    recordingState: 'DISABLED',
    recordingS3BucketName: '',
    recordingS3Prefix: '',
    replicationType: 'NONE',
    redundantIngest: false,
  };
}
