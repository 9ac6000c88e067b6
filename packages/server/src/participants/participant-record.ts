import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import type { ClientData, RecordedClientData } from './client-data.ts';
import type { ParticipantRecord } from './participant-table.ts';

/** Where a participant comes from: a client of its own or, with an ingest configuration, an encoder. */
export type ParticipantOrigin = RecordedClientData &
  Partial<Pick<ClientData, 'countryCode'>> &
  Pick<ParticipantRecord, 'ingestConfigurationArn' | 'redundantIngest'>;

/** The record of a participant that joins a session for the first time. */
export function newParticipantRecord(
  claims: ParticipantClaims,
  origin: ParticipantOrigin,
  joinTime: Date,
): ParticipantRecord {
  const { browserName, browserVersion, osName, osVersion, sdkVersion } = origin;
  const { ingestConfigurationArn, redundantIngest = false } = origin;
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
    redundantIngest,
    ...(ingestConfigurationArn && { ingestConfigurationArn }),
  };
}
