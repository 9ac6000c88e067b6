import type { Static } from 'typebox';
import { enumeration, integer, list, map, string, structure, timestamp } from '../schema.ts';

export const ParticipantTokenId = string({ max: 64, pattern: '[a-zA-Z0-9-_]*' });

/** The token itself: a secret. */
export const ParticipantTokenString = string({ sensitive: true });

export const ParticipantTokenUserId = string({ max: 128 });

/** Keys and values together hold at most 1 KB (`attributesSizeBytes`). */
export const ParticipantTokenAttributes = map(string());

/** Minutes of validity: up to 14 days. */
export const ParticipantTokenDurationMinutes = integer({ min: 1, max: 20_160 });

export const ParticipantTokenCapability = enumeration('PUBLISH', 'SUBSCRIBE');
export type ParticipantTokenCapability = Static<typeof ParticipantTokenCapability>;

export const ParticipantTokenCapabilities = list(ParticipantTokenCapability, { max: 2 });

/** What a caller may ask of a token; all optional. */
export const participantTokenMembers = {
  duration: ParticipantTokenDurationMinutes,
  userId: ParticipantTokenUserId,
  attributes: ParticipantTokenAttributes,
  capabilities: ParticipantTokenCapabilities,
};

export const ParticipantTokenConfiguration = structure({}, participantTokenMembers);
export type ParticipantTokenConfiguration = Static<typeof ParticipantTokenConfiguration>;

export const ParticipantToken = structure(
  {},
  {
    participantId: ParticipantTokenId,
    token: ParticipantTokenString,
    ...participantTokenMembers,
    expirationTime: timestamp(),
  },
  ['participantId', 'token', 'userId', 'attributes'],
);
export type ParticipantToken = Static<typeof ParticipantToken>;

/** A token before or after an exchange, as a participant event tells it. */
export const ExchangedParticipantToken = structure(
  {},
  {
    capabilities: ParticipantTokenCapabilities,
    attributes: ParticipantTokenAttributes,
    userId: ParticipantTokenUserId,
    expirationTime: timestamp(),
  },
);
export type ExchangedParticipantToken = Static<typeof ExchangedParticipantToken>;
