import { Stage, StageEndpoints, StageSession, StageSessionSummary, StageSummary } from '../../shapes/stage.ts';
import { shownName, shownTags } from '../common.ts';
import { describeStructure } from '../describe.ts';

const activeSessionId = 'The session that is running; `""` when there is none.';
const session = {
  sessionId: 'The session.',
  startTime: 'When the first participant joined.',
  endTime: 'When it ended; left out while it runs.',
};

export const stageStructures = [
  describeStructure('Stage', Stage, 'A stage.', {
    arn: 'Its ARN.',
    name: shownName,
    activeSessionId,
    tags: shownTags,
    autoParticipantRecordingConfiguration: 'How each publisher is recorded on its own, with every setting.',
    endpoints: 'Where clients reach the stage.',
  }),
  describeStructure('StageSummary', StageSummary, 'A stage in short.', {
    arn: 'Its ARN.',
    name: shownName,
    activeSessionId,
    tags: shownTags,
  }),
  describeStructure('StageEndpoints', StageEndpoints, 'Where clients reach a stage.', {
    events: 'Address of the events socket, without the stage’s id at its end.',
    whip: 'Address for publishing by WHIP.',
    rtmp: 'Server address for encoders that send RTMP.',
    rtmps: 'Server address for encoders that send RTMPS.',
  }),
  describeStructure('StageSession', StageSession, 'A session of a stage.', session),
  describeStructure('StageSessionSummary', StageSessionSummary, 'A session of a stage, in a list.', session),
];
