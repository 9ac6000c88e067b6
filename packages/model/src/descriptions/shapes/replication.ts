import { ParticipantReplica } from '../../shapes/participant-replica.ts';
import { ReplicationState, ReplicationType } from '../../shapes/replication.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

export const replicationStructures = [
  describeStructure('ParticipantReplica', ParticipantReplica, 'A publisher in another stage.', {
    sourceStageArn: 'The stage in which it publishes.',
    participantId: 'The publisher.',
    sourceSessionId: 'That stage’s session.',
    destinationStageArn: 'The stage in which the replica is.',
    destinationSessionId: 'That stage’s session.',
    replicationState: 'Whether the replication goes on.',
  }),
];

export const replicationEnumerations = [
  describeEnumeration('ReplicationType', ReplicationType, 'What replication has to do with a participant.', {
    SOURCE: 'It is replicated into another stage.',
    REPLICA: 'It is a replica of a publisher of another stage.',
    NONE: 'Nothing.',
  }),
  describeEnumeration('ReplicationState', ReplicationState, 'Whether a replication goes on.', {
    ACTIVE: 'It goes on, or waits for its publisher to come back.',
    STOPPED: 'It has ended.',
  }),
];
