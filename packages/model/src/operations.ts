import type { Static } from 'typebox';
import * as channelStreamKeys from './operations/channel-stream-keys.ts';
import * as channels from './operations/channels.ts';
import * as compositions from './operations/compositions.ts';
import * as encoderConfigurations from './operations/encoder-configurations.ts';
import * as ingestConfigurations from './operations/ingest-configurations.ts';
import * as participantTokens from './operations/participant-tokens.ts';
import * as participants from './operations/participants.ts';
import * as publicKeys from './operations/public-keys.ts';
import * as replications from './operations/replications.ts';
import * as stageSessions from './operations/stage-sessions.ts';
import * as stages from './operations/stages.ts';
import * as storageConfigurations from './operations/storage-configurations.ts';
import * as streams from './operations/streams.ts';
import * as tags from './operations/tags.ts';

/** The API: every operation by its name. */
export const operations = {
  CreateStage: stages.CreateStage,
  GetStage: stages.GetStage,
  ListStages: stages.ListStages,
  UpdateStage: stages.UpdateStage,
  DeleteStage: stages.DeleteStage,

  GetStageSession: stageSessions.GetStageSession,
  ListStageSessions: stageSessions.ListStageSessions,

  GetParticipant: participants.GetParticipant,
  ListParticipants: participants.ListParticipants,
  ListParticipantEvents: participants.ListParticipantEvents,
  DisconnectParticipant: participants.DisconnectParticipant,

  CreateParticipantToken: participantTokens.CreateParticipantToken,
  RevokeConnectionToken: participantTokens.RevokeConnectionToken,

  ImportPublicKey: publicKeys.ImportPublicKey,
  GetPublicKey: publicKeys.GetPublicKey,
  ListPublicKeys: publicKeys.ListPublicKeys,
  DeletePublicKey: publicKeys.DeletePublicKey,

  StartParticipantReplication: replications.StartParticipantReplication,
  StopParticipantReplication: replications.StopParticipantReplication,
  ListParticipantReplicas: replications.ListParticipantReplicas,

  CreateIngestConfiguration: ingestConfigurations.CreateIngestConfiguration,
  GetIngestConfiguration: ingestConfigurations.GetIngestConfiguration,
  ListIngestConfigurations: ingestConfigurations.ListIngestConfigurations,
  UpdateIngestConfiguration: ingestConfigurations.UpdateIngestConfiguration,
  DeleteIngestConfiguration: ingestConfigurations.DeleteIngestConfiguration,

  CreateEncoderConfiguration: encoderConfigurations.CreateEncoderConfiguration,
  GetEncoderConfiguration: encoderConfigurations.GetEncoderConfiguration,
  ListEncoderConfigurations: encoderConfigurations.ListEncoderConfigurations,
  DeleteEncoderConfiguration: encoderConfigurations.DeleteEncoderConfiguration,

  CreateStorageConfiguration: storageConfigurations.CreateStorageConfiguration,
  GetStorageConfiguration: storageConfigurations.GetStorageConfiguration,
  ListStorageConfigurations: storageConfigurations.ListStorageConfigurations,
  DeleteStorageConfiguration: storageConfigurations.DeleteStorageConfiguration,

  StartComposition: compositions.StartComposition,
  GetComposition: compositions.GetComposition,
  ListCompositions: compositions.ListCompositions,
  StopComposition: compositions.StopComposition,

  CreateChannel: channels.CreateChannel,
  GetChannel: channels.GetChannel,
  BatchGetChannel: channels.BatchGetChannel,
  ListChannels: channels.ListChannels,
  UpdateChannel: channels.UpdateChannel,
  DeleteChannel: channels.DeleteChannel,

  CreateStreamKey: channelStreamKeys.CreateStreamKey,
  GetStreamKey: channelStreamKeys.GetStreamKey,
  BatchGetStreamKey: channelStreamKeys.BatchGetStreamKey,
  ListStreamKeys: channelStreamKeys.ListStreamKeys,
  DeleteStreamKey: channelStreamKeys.DeleteStreamKey,

  GetStream: streams.GetStream,
  ListStreams: streams.ListStreams,
  StopStream: streams.StopStream,

  ListTagsForResource: tags.ListTagsForResource,
  TagResource: tags.TagResource,
  UntagResource: tags.UntagResource,
} as const;

export type OperationName = keyof typeof operations;

export const operationNames = Object.keys(operations) as readonly OperationName[];

/** What a caller sends to the operation. */
export type RequestOf<Name extends OperationName> = Static<(typeof operations)[Name]['request']>;

/** What the operation answers with. */
export type ResponseOf<Name extends OperationName> = Static<(typeof operations)[Name]['response']>;
