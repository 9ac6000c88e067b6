import { initial } from './0001-initial.ts';
import { resourceIds } from './0002-resource-ids.ts';
import { encoderConfigurations } from './0003-encoder-configurations.ts';
import { events } from './0004-events.ts';
import { compositions } from './0005-compositions.ts';
import { ingestConfigurations } from './0006-ingest-configurations.ts';
import { publicKeys } from './0007-public-keys.ts';
import { revokedConnectionTokens } from './0008-revoked-connection-tokens.ts';
import { replications } from './0009-replications.ts';
import { eventDeliveries } from './0010-event-deliveries.ts';
import { eventNames } from './0011-event-names.ts';
import { deadLettersByAge } from './0012-dead-letters-by-age.ts';
import { recordings } from './0013-recordings.ts';
import { users } from './0014-users.ts';
import { channels } from './0015-channels.ts';

/** Every step that the schema has ever taken, oldest first; a step's number is its place, counted from 1. Add only at the end. */
export const migrations: readonly string[] = [
  initial,
  resourceIds,
  encoderConfigurations,
  events,
  compositions,
  ingestConfigurations,
  publicKeys,
  revokedConnectionTokens,
  replications,
  eventDeliveries,
  eventNames,
  deadLettersByAge,
  recordings,
  users,
  channels,
];
