import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import type { ClientData } from './client-data.ts';
import type { ParticipantRecord } from './participant-table.ts';

/** The record of a participant that joins a session for the first time. */
export function newParticipantRecord(
  claims: ParticipantClaims,
  { countryCode: _, ...client }: ClientData,
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
    ...client,
    ispName: '',
    recordingState: 'DISABLED',
    recordingS3BucketName: '',
    recordingS3Prefix: '',
    replicationType: 'NONE',
    redundantIngest: false,
  };
}
