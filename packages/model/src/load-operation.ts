/**
 * One operation without the others, for programs that start anew for each call: loading the shapes of all takes longer than
 * the call.
 */
import type { Operation, Service } from './operation.ts';
import type { OperationName } from './operations.ts';

export type { Operation, Service } from './operation.ts';

type OperationModule = Readonly<Record<string, Operation>>;

const stages = () => import('./operations/stages.ts');
const stageSessions = () => import('./operations/stage-sessions.ts');
const participants = () => import('./operations/participants.ts');
const participantTokens = () => import('./operations/participant-tokens.ts');
const publicKeys = () => import('./operations/public-keys.ts');
const replications = () => import('./operations/replications.ts');
const ingestConfigurations = () => import('./operations/ingest-configurations.ts');
const encoderConfigurations = () => import('./operations/encoder-configurations.ts');
const storageConfigurations = () => import('./operations/storage-configurations.ts');
const compositions = () => import('./operations/compositions.ts');
const channels = () => import('./operations/channels.ts');
const channelStreamKeys = () => import('./operations/channel-stream-keys.ts');
const streams = () => import('./operations/streams.ts');
const tags = () => import('./operations/tags.ts');

const modules: Readonly<Record<OperationName, () => Promise<OperationModule>>> = {
  CreateStage: stages,
  GetStage: stages,
  ListStages: stages,
  UpdateStage: stages,
  DeleteStage: stages,
  GetStageSession: stageSessions,
  ListStageSessions: stageSessions,
  GetParticipant: participants,
  ListParticipants: participants,
  ListParticipantEvents: participants,
  DisconnectParticipant: participants,
  CreateParticipantToken: participantTokens,
  RevokeConnectionToken: participantTokens,
  ImportPublicKey: publicKeys,
  GetPublicKey: publicKeys,
  ListPublicKeys: publicKeys,
  DeletePublicKey: publicKeys,
  StartParticipantReplication: replications,
  StopParticipantReplication: replications,
  ListParticipantReplicas: replications,
  CreateIngestConfiguration: ingestConfigurations,
  GetIngestConfiguration: ingestConfigurations,
  ListIngestConfigurations: ingestConfigurations,
  UpdateIngestConfiguration: ingestConfigurations,
  DeleteIngestConfiguration: ingestConfigurations,
  CreateEncoderConfiguration: encoderConfigurations,
  GetEncoderConfiguration: encoderConfigurations,
  ListEncoderConfigurations: encoderConfigurations,
  DeleteEncoderConfiguration: encoderConfigurations,
  CreateStorageConfiguration: storageConfigurations,
  GetStorageConfiguration: storageConfigurations,
  ListStorageConfigurations: storageConfigurations,
  DeleteStorageConfiguration: storageConfigurations,
  StartComposition: compositions,
  GetComposition: compositions,
  ListCompositions: compositions,
  StopComposition: compositions,
  CreateChannel: channels,
  GetChannel: channels,
  BatchGetChannel: channels,
  ListChannels: channels,
  UpdateChannel: channels,
  DeleteChannel: channels,
  CreateStreamKey: channelStreamKeys,
  GetStreamKey: channelStreamKeys,
  BatchGetStreamKey: channelStreamKeys,
  ListStreamKeys: channelStreamKeys,
  DeleteStreamKey: channelStreamKeys,
  GetStream: streams,
  ListStreams: streams,
  StopStream: streams,
  ListTagsForResource: tags,
  TagResource: tags,
  UntagResource: tags,
};

const names = Object.keys(modules) as readonly OperationName[];
const ofChannels: ReadonlySet<() => Promise<OperationModule>> = new Set([channels, channelStreamKeys, streams]);

/** The names of all operations that an API has: both have those of tags. */
export const operationNamesOf: Readonly<Record<Service, readonly OperationName[]>> = {
  'ivs-realtime': names.filter((name) => !ofChannels.has(modules[name])),
  ivs: names.filter((name) => ofChannels.has(modules[name]) || modules[name] === tags),
};

/** Loads an operation, and whatever its shapes need. */
export async function loadOperation(name: OperationName): Promise<Operation> {
  const { [name]: operation } = await modules[name]();
  if (operation === undefined) throw new TypeError(`The module of ${name} lacks it`);
  return operation;
}
