import { operation } from '../operation.ts';
import { list, structure } from '../schema.ts';
import { StageArn } from '../shapes/arn.ts';
import { pageRequest, pageResponse } from '../shapes/page.ts';
import { StageSession, StageSessionId, StageSessionSummary } from '../shapes/stage.ts';

export const GetStageSession = operation('GetStageSession', {
  since: '2023-08-07',
  request: structure({ stageArn: StageArn, sessionId: StageSessionId }),
  response: structure({}, { stageSession: StageSession }),
  errors: ['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'],
});

export const ListStageSessions = operation('ListStageSessions', {
  since: '2023-08-07',
  request: structure({ stageArn: StageArn }, pageRequest(100)),
  response: structure({ stageSessions: list(StageSessionSummary) }, pageResponse),
  errors: ['ValidationException', 'AccessDeniedException'],
  pagination: { items: 'stageSessions', maximum: 100, default: 50 },
});
