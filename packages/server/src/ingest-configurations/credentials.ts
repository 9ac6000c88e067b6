import { createParticipantId, createStreamKeySecret, type RandomBytes } from '@proscenium/model';

/** What one encoder publishes with. */
export type IngestCredential = {
  /** The participant that its stream becomes. */
  participantId: string;
  /** The last part of its stream key. */
  secret: string;
};

/** Two when ingest is redundant. The first one has the stream key that the configuration shows as its own. */
export type IngestCredentials = readonly [first: IngestCredential, ...others: IngestCredential[]];

/** One stream, which is the configuration's participant. */
export function singleCredentials(participantId: string, secret: string): IngestCredentials {
  return [{ participantId, secret }];
}

/**
 * Two streams of the same programme. Each is a participant of its own: the configuration's participant, the one that
 * others see, outlives either.
 */
export function redundantCredentials(firstSecret: string, random?: RandomBytes): IngestCredentials {
  return [
    { participantId: createParticipantId(random), secret: firstSecret },
    { participantId: createParticipantId(random), secret: createStreamKeySecret(random) },
  ];
}
