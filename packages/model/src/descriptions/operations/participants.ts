import { example, page, shownNextToken } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const { stageArn, sessionId, participantId } = example;
const summary = {
  participantId,
  userId: 'host-1',
  state: 'CONNECTED' as const,
  firstJoinTime: new Date('2026-11-21T20:01:02Z'),
  published: true,
  recordingState: 'ACTIVE' as const,
  replicationType: 'NONE' as const,
};

export const participants: ResourceDescription = {
  page: 'participants',
  title: 'Participants',
  about:
    'Whoever joins a stage is a participant, and is remembered with what happened to it for as long as the history of the ' +
    'session is kept.',
  operations: [
    describeOperation('GetParticipant', {
      summary: 'Shows a participant of a session.',
      request: { stageArn: 'The stage.', sessionId: 'The session.', participantId: 'The participant.' },
      response: { participant: 'The participant, as it was when it left or as it is now.' },
      example: {
        request: { stageArn, sessionId, participantId },
        response: {
          participant: {
            ...summary,
            attributes: { role: 'host' },
            ispName: '',
            osName: 'macOS',
            osVersion: '15.1',
            browserName: 'Chrome',
            browserVersion: '142',
            sdkVersion: '',
            recordingS3BucketName: 'show-archive',
            recordingS3Prefix: 'Fr1dayShow01/st-9z8y7x6w5v4u3/pHostAAAA001/2026-11-21T20-01-04Z',
            protocol: 'WHIP',
          },
        },
      },
    }),
    describeOperation('ListParticipants', {
      summary: 'Lists the participants of a session, those that have left too, the newest first.',
      notes: [
        'One filter at most: two of them are a `ValidationException`, and so is a stage or a session that does not exist.',
      ],
      request: {
        stageArn: 'The stage.',
        sessionId: 'The session.',
        filterByUserId: 'Only participants with exactly this user id; `""` stands for those without one.',
        filterByPublished:
          '`true`: only those that have published in the session. `false`: only those that never have.',
        filterByState: 'Only those that are here, or those that are gone.',
        filterByRecordingState: 'Only those whose own recording is in this state.',
        ...page,
      },
      response: { participants: 'A page of participants, in short.', nextToken: shownNextToken },
      example: {
        request: { stageArn, sessionId, filterByState: 'CONNECTED' },
        response: { participants: [summary] },
      },
    }),
    describeOperation('ListParticipantEvents', {
      summary: 'Lists what happened to a participant in a session, the latest first.',
      notes: [
        'A stage or a session that does not exist is a `ValidationException`; a participant that does not is an empty list.',
      ],
      request: { stageArn: 'The stage.', sessionId: 'The session.', participantId: 'The participant.', ...page },
      response: { events: 'A page of events.', nextToken: shownNextToken },
      example: {
        request: { stageArn, sessionId, participantId },
        response: {
          events: [
            { name: 'LEFT', participantId, eventTime: new Date('2026-11-21T20:30:00Z'), replica: false },
            {
              name: 'SUBSCRIBE_STARTED',
              participantId,
              remoteParticipantId: 'pGuestBBB002',
              eventTime: new Date('2026-11-21T20:02:00Z'),
              replica: false,
            },
            { name: 'JOINED', participantId, eventTime: new Date('2026-11-21T20:01:02Z'), replica: false },
          ],
        },
      },
    }),
    describeOperation('DisconnectParticipant', {
      summary: 'Throws a participant out of a stage and keeps it out.',
      notes: [
        'The participant’s id is barred as long as the stage exists, even if nobody has joined with it yet. The same person can ' +
          'come back with a new token.',
        'For a participant that publishes through an ingest configuration, the configuration is attached to no stage any more.',
        'For a replica, the replication ends.',
      ],
      request: {
        stageArn: 'The stage.',
        participantId: 'The participant: the id that came with its token, or that its ingest configuration shows.',
        reason: 'Why, for your own records. No call shows it.',
      },
      response: {},
      example: { request: { stageArn, participantId, reason: 'The show is over' }, response: {} },
    }),
  ],
};
