import {
  formatArn,
  type OperationName,
  type RequestOf,
  type ResourceType,
  type Scope,
  type Tags,
} from '@proscenium/model';
import type { AccessRequest } from './policy/decide.ts';

/** The ARNs that a call is checked against. */
type ResourcesOf<Name extends OperationName> = (request: RequestOf<Name>, scope: Scope) => readonly string[];

/** What stands for a resource that is not there yet, and for all of one kind: no id, so that `stage/*` covers it. */
const anyOf =
  (resourceType: ResourceType) =>
  (_: object, scope: Scope): readonly string[] => [formatArn({ ...scope, resourceType, id: 'x' }).replace(/x$/, '*')];

const noResource = () => ['*'];
const ofArn = ({ arn }: { arn: string }) => [arn];
const ofStage = ({ stageArn }: { stageArn: string }) => [stageArn];
const ofSource = ({ sourceStageArn }: { sourceStageArn: string }) => [sourceStageArn];
const ofBothStages = (request: { sourceStageArn: string; destinationStageArn: string }) => [
  request.sourceStageArn,
  request.destinationStageArn,
];
const ofArns = ({ arns }: { arns: readonly string[] }) => arns;
const ofChannel = ({ channelArn }: { channelArn: string }) => [channelArn];
const ofTagged = ({ resourceArn }: { resourceArn: string }) => [resourceArn];

const newComposition = anyOf('composition');
const newIngestConfiguration = anyOf('ingest-configuration');
const newChannel = anyOf('channel');
const newStreamKey = anyOf('stream-key');

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninteractivevideoservice.html
 * Where a call concerns several resources, each of them must be allowed.
 */
const resourcesOf: { readonly [Name in OperationName]: ResourcesOf<Name> } = {
  CreateStage: anyOf('stage'),
  GetStage: ofArn,
  ListStages: anyOf('stage'),
  UpdateStage: ofArn,
  DeleteStage: ofArn,
  GetStageSession: ofStage,
  ListStageSessions: ofStage,
  GetParticipant: ofStage,
  ListParticipants: ofStage,
  ListParticipantEvents: ofStage,
  DisconnectParticipant: ofStage,
  CreateParticipantToken: ofStage,
  RevokeConnectionToken: noResource,
  StartParticipantReplication: ofBothStages,
  StopParticipantReplication: ofBothStages,
  ListParticipantReplicas: ofSource,
  ImportPublicKey: anyOf('public-key'),
  GetPublicKey: ofArn,
  ListPublicKeys: noResource,
  DeletePublicKey: ofArn,
  CreateStorageConfiguration: anyOf('storage-configuration'),
  GetStorageConfiguration: ofArn,
  ListStorageConfigurations: noResource,
  DeleteStorageConfiguration: ofArn,
  CreateEncoderConfiguration: anyOf('encoder-configuration'),
  GetEncoderConfiguration: ofArn,
  ListEncoderConfigurations: noResource,
  DeleteEncoderConfiguration: ofArn,
  CreateIngestConfiguration: (request, scope) => [
    ...newIngestConfiguration(request, scope),
    ...(request.stageArn ? [request.stageArn] : []),
  ],
  GetIngestConfiguration: ofArn,
  ListIngestConfigurations: noResource,
  UpdateIngestConfiguration: ofArn,
  DeleteIngestConfiguration: ofArn,
  StartComposition: (request, scope) => [
    request.stageArn,
    ...request.destinations.flatMap(({ channel, s3 }) => [
      ...(channel ? [channel.channelArn] : []),
      ...(channel?.encoderConfigurationArn ? [channel.encoderConfigurationArn] : []),
      ...(s3 ? [s3.storageConfigurationArn, ...s3.encoderConfigurationArns] : []),
    ]),
    ...newComposition(request, scope),
  ],
  GetComposition: ofArn,
  ListCompositions: ({ filterByStageArn, filterByEncoderConfigurationArn }) => {
    const filters = [filterByStageArn, filterByEncoderConfigurationArn].filter((arn) => arn !== undefined);
    return filters.length > 0 ? filters : noResource();
  },
  StopComposition: ofArn,
  CreateChannel: (request, scope) => [...newChannel(request, scope), ...newStreamKey(request, scope)],
  GetChannel: ofArn,
  BatchGetChannel: ofArns,
  ListChannels: newChannel,
  UpdateChannel: ofArn,
  DeleteChannel: ofArn,
  CreateStreamKey: newStreamKey,
  GetStreamKey: ofArn,
  BatchGetStreamKey: ofArns,
  ListStreamKeys: ofChannel,
  DeleteStreamKey: ofArn,
  GetStream: ofChannel,
  ListStreams: newChannel,
  StopStream: ofChannel,
  TagResource: ofTagged,
  UntagResource: ofTagged,
  ListTagsForResource: ofTagged,
};

/** Prefix of the actions of the API, which it shares with the low-latency API. */
const service = 'ivs';

/** What a caller must be allowed for a call. Making something with tags is tagging it, too. */
export function accessRequests<Name extends OperationName>(
  operation: Name,
  request: RequestOf<Name>,
  scope: Scope,
): AccessRequest[] {
  const resources = [...new Set((resourcesOf[operation] as ResourcesOf<Name>)(request, scope))];
  const { tags, tagKeys = Object.keys(tags ?? {}) } = request as { tags?: Tags; tagKeys?: readonly string[] };
  const asked = { requestTags: tags, tagKeys };
  const requests = resources.map((resource) => ({ action: `${service}:${operation}`, resource, ...asked }));
  if (tagKeys.length === 0) return requests;
  const created = resources.filter((resource) => resource.endsWith('/*'));
  return [...requests, ...created.map((resource) => ({ action: `${service}:TagResource`, resource, ...asked }))];
}
