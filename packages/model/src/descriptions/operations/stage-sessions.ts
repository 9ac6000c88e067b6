import { example, page, shownNextToken } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const running = { sessionId: example.sessionId, startTime: new Date('2026-11-21T20:01:02.602Z') };

export const stageSessions: ResourceDescription = {
  page: 'stage-sessions',
  title: 'Stage sessions',
  about:
    'A session is a stretch of time in which a stage is in use: it begins when the first participant joins and ends a while ' +
    'after the last one has left. Sessions that are over can be looked at as long as history is kept.',
  operations: [
    describeOperation('GetStageSession', {
      summary: 'Shows a session of a stage.',
      request: { stageArn: 'The stage.', sessionId: 'The session.' },
      response: { stageSession: 'The session.' },
      example: {
        request: { stageArn: example.stageArn, sessionId: example.sessionId },
        response: { stageSession: running },
      },
    }),
    describeOperation('ListStageSessions', {
      summary: 'Lists the sessions of a stage, the newest first.',
      notes: ['A stage that does not exist is a `ValidationException`.'],
      request: { stageArn: 'The stage.', ...page },
      response: { stageSessions: 'A page of sessions.', nextToken: shownNextToken },
      example: {
        request: { stageArn: example.stageArn },
        response: {
          stageSessions: [
            running,
            {
              sessionId: example.otherSessionId,
              startTime: new Date('2026-11-20T19:58:00Z'),
              endTime: new Date('2026-11-20T22:10:31Z'),
            },
          ],
        },
      },
    }),
  ],
};
