import { attributes, example, page, shownNextToken } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const { participantId } = example;
const replication = {
  sourceStageArn: example.stageArn,
  destinationStageArn: example.otherStageArn,
  participantId,
};
const headers = {
  accessControlAllowOrigin: '*',
  accessControlExposeHeaders: 'Access-Control-Allow-Origin,Cache-Control',
  cacheControl: 'no-store, no-cache',
  contentSecurityPolicy: "default-src 'self'; upgrade-insecure-requests;",
  strictTransportSecurity: 'max-age:47304000; includeSubDomains',
  xContentTypeOptions: 'nosniff',
  xFrameOptions: 'DENY',
};

export const replications: ResourceDescription = {
  page: 'replications',
  title: 'Participant replication',
  about:
    'Replication shows a publisher of one stage in other stages as well, where it can be seen and heard as a participant that ' +
    'is not really there. Stages of the same account and region can do that, in either direction.',
  operations: [
    describeOperation('StartParticipantReplication', {
      summary: 'Begins to copy a publisher from one stage into another.',
      notes: [
        'The participant must be publishing, and must not be a replica itself. A replication that runs already is a ' +
          '`ConflictException`.',
        'It goes on until it is stopped, a stage is deleted, or the publisher stays away for longer than the reconnect window.',
      ],
      request: {
        sourceStageArn: 'The stage in which the participant publishes.',
        destinationStageArn: 'The stage in which it is to be seen too: another one.',
        participantId: 'The publisher.',
        reconnectWindowSeconds: {
          meaning: 'How long a publisher that was lost may take to come back and be replicated as before.',
          default: '0: not at all',
        },
        attributes: {
          meaning: `Attributes of the replica, laid over those of the publisher’s token. ${attributes}`,
          default: 'those of the token',
        },
      },
      response: {},
      example: { request: { ...replication, reconnectWindowSeconds: 60 }, response: headers },
    }),
    describeOperation('StopParticipantReplication', {
      summary: 'Ends a replication: the replica leaves the destination stage.',
      request: {
        sourceStageArn: 'The stage in which the participant publishes.',
        destinationStageArn: 'The stage in which the replica is.',
        participantId: 'The publisher.',
      },
      response: {},
      example: { request: replication, response: headers },
    }),
    describeOperation('ListParticipantReplicas', {
      summary: 'Lists where a publisher is or was replicated to, the newest first.',
      notes: ['A stage that does not exist is a `ValidationException`; a participant that does not is an empty list.'],
      request: {
        sourceStageArn: 'The stage in which the participant publishes.',
        participantId: 'The publisher.',
        ...page,
      },
      response: { replicas: 'A page of replications.', nextToken: shownNextToken },
      example: {
        request: { sourceStageArn: example.stageArn, participantId },
        response: {
          replicas: [
            {
              ...replication,
              sourceSessionId: example.sessionId,
              destinationSessionId: example.otherSessionId,
              replicationState: 'ACTIVE',
            },
          ],
        },
      },
    }),
  ],
};
