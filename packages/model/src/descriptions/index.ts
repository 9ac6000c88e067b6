/** Everything that the reference says in words. */

import type { EnumerationDescription, ResourceDescription, StructureDescription } from './describe.ts';
import { channelStreamKeys } from './operations/channel-stream-keys.ts';
import { channels } from './operations/channels.ts';
import { compositions } from './operations/compositions.ts';
import { encoderConfigurations } from './operations/encoder-configurations.ts';
import { ingestConfigurations } from './operations/ingest-configurations.ts';
import { participantTokens } from './operations/participant-tokens.ts';
import { participants } from './operations/participants.ts';
import { publicKeys } from './operations/public-keys.ts';
import { replications } from './operations/replications.ts';
import { stageSessions } from './operations/stage-sessions.ts';
import { stages } from './operations/stages.ts';
import { storageConfigurations } from './operations/storage-configurations.ts';
import { streams } from './operations/streams.ts';
import { tags } from './operations/tags.ts';
import { channelEnumerations, channelStructures } from './shapes/channel.ts';
import { compositionEnumerations, compositionStructures } from './shapes/composition.ts';
import { encoderStructures } from './shapes/encoder-configuration.ts';
import { ingestEnumerations, ingestStructures } from './shapes/ingest-configuration.ts';
import { layoutEnumerations, layoutStructures } from './shapes/layout.ts';
import { participantEnumerations, participantStructures } from './shapes/participant.ts';
import { eventEnumerations, eventStructures } from './shapes/participant-event.ts';
import { recordingEnumerations, recordingStructures } from './shapes/participant-recording.ts';
import { tokenEnumerations, tokenStructures } from './shapes/participant-token.ts';
import { publicKeyStructures } from './shapes/public-key.ts';
import { replicationEnumerations, replicationStructures } from './shapes/replication.ts';
import { stageStructures } from './shapes/stage.ts';
import { storageStructures } from './shapes/storage-configuration.ts';

import { streamEnumerations, streamStructures } from './shapes/stream.ts';

export { publishedPattern } from '../pattern.ts';
export { mapValue } from '../schema.ts';
export type * from './describe.ts';
export { errors } from './errors.ts';
export { simpleShapes } from './shapes/simple.ts';

/** The operations, by what they are about. */
export const resources: readonly ResourceDescription[] = [
  stages,
  stageSessions,
  participants,
  participantTokens,
  publicKeys,
  replications,
  ingestConfigurations,
  encoderConfigurations,
  storageConfigurations,
  compositions,
  channels,
  channelStreamKeys,
  streams,
  tags,
];

export const structures: readonly StructureDescription[] = [
  ...stageStructures,
  ...participantStructures,
  ...eventStructures,
  ...recordingStructures,
  ...tokenStructures,
  ...replicationStructures,
  ...publicKeyStructures,
  ...ingestStructures,
  ...encoderStructures,
  ...storageStructures,
  ...compositionStructures,
  ...layoutStructures,
  ...channelStructures,
  ...streamStructures,
].toSorted(byName);

export const enumerations: readonly EnumerationDescription[] = [
  ...participantEnumerations,
  ...eventEnumerations,
  ...recordingEnumerations,
  ...tokenEnumerations,
  ...replicationEnumerations,
  ...ingestEnumerations,
  ...compositionEnumerations,
  ...layoutEnumerations,
  ...channelEnumerations,
  ...streamEnumerations,
].toSorted(byName);

function byName({ name: one }: { name: string }, { name: other }: { name: string }): number {
  return one < other ? -1 : 1;
}
