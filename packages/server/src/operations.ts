import type { OperationName, RandomBytes, Scope, Tags } from '@proscenium/model';
import type { ChannelEndpoints } from './channels/channel-endpoints.ts';
import { channelTable } from './channels/channel-table.ts';
import type { Channels } from './channels/channels.ts';
import { channelOperations } from './channels/operations.ts';
import { streamKeyOperations } from './channels/stream-key-operations.ts';
import { streamKeyTable } from './channels/stream-key-table.ts';
import { type StreamOperationsParts, streamOperations } from './channels/stream-operations.ts';
import type { Clock } from './clock.ts';
import { compositionOperations } from './compositions/operations.ts';
import type { CompositionSupervisor } from './compositions/supervisor.ts';
import { VisibleCompositions } from './compositions/visible-compositions.ts';
import type { Config } from './config/config.ts';
import { encoderConfigurations } from './encoder-configurations/encoder-configuration-table.ts';
import { encoderConfigurationOperations } from './encoder-configurations/operations.ts';
import type { EventLog } from './events/service-event.ts';
import type { Handlers } from './http/handlers.ts';
import { ingestConfigurations } from './ingest-configurations/ingest-configuration-table.ts';
import type { IngestStreams } from './ingest-configurations/ingest-streams.ts';
import { ingestConfigurationOperations } from './ingest-configurations/operations.ts';
import { stageAttachments } from './ingest-configurations/stage-attachments.ts';
import type { ObjectStore } from './objects/object-store.ts';
import type { PageTokens } from './pagination/page-tokens.ts';
import type { LiveStages } from './participants/live-stages.ts';
import { participantOperations } from './participants/operations.ts';
import { publicKeyOperations } from './public-keys/operations.ts';
import { publicKeys } from './public-keys/public-key-table.ts';
import type { Recordings } from './recordings/recordings.ts';
import { replicationOperations } from './replications/operations.ts';
import type { Replications } from './replications/replications.ts';
import type { EndpointsOfStage } from './stages/endpoints.ts';
import { stageOperations } from './stages/operations.ts';
import type { StageDependent } from './stages/stage-dependent.ts';
import { stages } from './stages/stage-table.ts';
import { storageConfigurationOperations } from './storage-configurations/operations.ts';
import { storageConfigurations } from './storage-configurations/storage-configuration-table.ts';
import type { Store } from './store/store.ts';
import { findTags, tagOperations } from './tags/operations.ts';
import type { TaggableResources } from './tags/taggable.ts';
import type { ConnectionRevocations } from './tokens/connection-revocations.ts';
import { tokenOperations } from './tokens/operations.ts';
import type { SigningKey } from './tokens/signing-key.ts';

/** How many of each resource one account may have in one region. */
export type Quotas = Pick<
  Config['quotas'],
  | 'stages'
  | 'publicKeys'
  | 'storageConfigurations'
  | 'encoderConfigurations'
  | 'ingestConfigurations'
  | 'compositions'
  | 'compositionsPerStage'
  | 'destinationsPerComposition'
  | 'channels'
  | 'streamKeysPerChannel'
>;

export type OperationDependencies = {
  store: Store;
  objects: ObjectStore;
  live: LiveStages;
  ingestStreams: IngestStreams;
  compositions: CompositionSupervisor;
  channels: Pick<Channels, 'has'>;
  endpointsOf: EndpointsOfStage;
  channelEndpoints: ChannelEndpoints;
  viewers: StreamOperationsParts['viewers'];
  encoders: StreamOperationsParts['encoders'];
  pageTokens: PageTokens;
  signingKey: SigningKey;
  connectionRevocations: ConnectionRevocations;
  clock: Clock;
  events: EventLog;
  replications: Replications;
  recordings: Recordings;
  quotas: Quotas;
  random?: RandomBytes;
};

/** The operations that the server answers; the model knows more. */
export const handledOperations = [
  'CreateStage',
  'GetStage',
  'ListStages',
  'UpdateStage',
  'DeleteStage',
  'GetStageSession',
  'ListStageSessions',
  'GetParticipant',
  'ListParticipants',
  'ListParticipantEvents',
  'DisconnectParticipant',
  'CreateParticipantToken',
  'RevokeConnectionToken',
  'ImportPublicKey',
  'GetPublicKey',
  'ListPublicKeys',
  'DeletePublicKey',
  'CreateStorageConfiguration',
  'GetStorageConfiguration',
  'ListStorageConfigurations',
  'DeleteStorageConfiguration',
  'CreateEncoderConfiguration',
  'GetEncoderConfiguration',
  'ListEncoderConfigurations',
  'DeleteEncoderConfiguration',
  'CreateIngestConfiguration',
  'GetIngestConfiguration',
  'ListIngestConfigurations',
  'UpdateIngestConfiguration',
  'DeleteIngestConfiguration',
  'StartParticipantReplication',
  'StopParticipantReplication',
  'ListParticipantReplicas',
  'StartComposition',
  'GetComposition',
  'ListCompositions',
  'StopComposition',
  'CreateChannel',
  'GetChannel',
  'BatchGetChannel',
  'ListChannels',
  'UpdateChannel',
  'DeleteChannel',
  'CreateStreamKey',
  'GetStreamKey',
  'BatchGetStreamKey',
  'ListStreamKeys',
  'DeleteStreamKey',
  'GetStream',
  'ListStreams',
  'StopStream',
  'ListTagsForResource',
  'TagResource',
  'UntagResource',
] as const satisfies readonly OperationName[];

type HandledOperation = (typeof handledOperations)[number];

const taggable: TaggableResources = {
  stage: stages,
  'public-key': publicKeys,
  'storage-configuration': storageConfigurations,
  'encoder-configuration': encoderConfigurations,
  'ingest-configuration': ingestConfigurations,
  channel: channelTable,
  'stream-key': streamKeyTable,
};

/** Every kind of resource that callers see tags of. */
function taggableBy(clock: Clock): TaggableResources {
  return { ...taggable, composition: new VisibleCompositions(clock) };
}

/** Finds the tags of what an ARN names; undefined for what is not there, or not in this account and region. */
export function tagLookup(store: Store, clock: Clock): (scope: Scope, arn: string) => Promise<Tags | undefined> {
  const all = taggableBy(clock);
  return (scope, arn) => findTags(store.db, all, scope, arn);
}

export function createHandlers(dependencies: OperationDependencies): Required<Pick<Handlers, HandledOperation>> {
  const { store, ingestStreams, replications, compositions, recordings, clock, quotas } = dependencies;
  const visibleCompositions = new VisibleCompositions(clock);
  // Recordings last: what else lets go of a stage may end what is recorded.
  const dependents: StageDependent[] = [stageAttachments(ingestStreams), replications, compositions, recordings];
  return {
    ...stageOperations({ ...dependencies, quota: quotas.stages, dependents }),
    ...participantOperations({ ...dependencies, dependents }),
    ...tokenOperations(dependencies),
    ...publicKeyOperations({ ...dependencies, quota: quotas.publicKeys }),
    ...storageConfigurationOperations({ ...dependencies, quota: quotas.storageConfigurations }),
    ...encoderConfigurationOperations({ ...dependencies, quota: quotas.encoderConfigurations }),
    ...ingestConfigurationOperations({ ...dependencies, quota: quotas.ingestConfigurations }),
    ...replicationOperations(dependencies),
    ...channelOperations({ ...dependencies, quotas }),
    ...streamKeyOperations({ ...dependencies, quota: quotas.streamKeysPerChannel }),
    ...streamOperations(dependencies),
    ...compositionOperations({ ...dependencies, visible: visibleCompositions }),
    ...tagOperations({ store, taggable: taggableBy(clock) }),
  };
}
