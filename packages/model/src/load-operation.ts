/**
 * One operation without the others, for programs that start anew for each call: loading the shapes of all takes longer than
 * the call.
 */
import type { Operation } from './operation.ts';
import type { OperationName } from './operations.ts';

export type { Operation } from './operation.ts';

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
  ListTagsForResource: tags,
  TagResource: tags,
  UntagResource: tags,
};

/** The names of all operations. */
export const operationNames = Object.keys(modules) as readonly OperationName[];

/** Loads an operation, and whatever its shapes need. */
export async function loadOperation(name: OperationName): Promise<Operation> {
  const { [name]: operation } = await modules[name]();
  if (operation === undefined) throw new TypeError(`The module of ${name} lacks it`);
  return operation;
}
