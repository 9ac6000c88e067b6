import { arnOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CommandLine } from '../controls/command-line.tsx';
import { Mark } from '../controls/mark.tsx';
import { Facts, Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Duration, Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { readSessionHistory } from './session-history.ts';
import { SessionParticipants } from './session-participants.tsx';
import { SessionTimeline } from './session-timeline.tsx';

/** A session of a stage: when it was, and who took part. */
export function SessionPage({ stageId, sessionId }: { stageId: string; sessionId: string }) {
  const { api, facts } = useSession();
  const stageArn = arnOf(facts, 'stage', stageId);
  const { data, error } = useAnswer(async () => {
    const [{ stageSession }, history] = await Promise.all([
      api.call('GetStageSession', { stageArn, sessionId }),
      readSessionHistory(api, stageArn, sessionId),
    ]);
    return { stageSession, history };
  }, [api, stageArn, sessionId]);
  const { startTime, endTime } = data?.stageSession ?? {};
  return (
    <Page
      title={sessionId}
      above={[
        ['Stages', hrefOf('stages')],
        [stageId, hrefOf('stages', stageId)],
        ['Sessions', hrefOf('stages', stageId, 'sessions')],
      ]}
      lead={data && <Mark state={endTime ? 'Ended' : 'Live'} />}
    >
      <Problem error={error} />
      {data && (
        <>
          <Facts
            rows={[
              ['Began', <Moment key="began" time={startTime} />],
              ['Ended', endTime && <Moment key="ended" time={endTime} />],
              ['Lasted', <Duration key="lasted" from={startTime} to={endTime} />],
            ]}
          />
          <SessionParticipants stageArn={stageArn} sessionId={sessionId} />
          <SessionTimeline history={data.history} startTime={startTime} endTime={endTime} />
          <CommandLine command={api.command('GetStageSession', { stageArn, sessionId })} />
        </>
      )}
    </Page>
  );
}
