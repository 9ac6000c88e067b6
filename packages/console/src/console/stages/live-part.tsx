import { useEffect } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Problem } from '../controls/problem.tsx';
import { useEvents } from '../events/use-events.ts';
import { useSession } from '../session.ts';
import { readSessionHistory } from '../sessions/session-history.ts';
import { SessionTimeline } from '../sessions/session-timeline.tsx';
import { LivePanel } from './live-panel.tsx';
import { Participants } from './participants.tsx';
import { StageMetrics } from './stage-metrics.tsx';
import { Timeline } from './timeline.tsx';
import type { Live } from './use-live-stage.ts';

const lookMs = 5_000;

interface LivePartProps {
  readonly live: Live;
  readonly stageArn: string;
  /** Of the present session; undefined while nobody is there. */
  readonly sessionId: string | undefined;
}

/** A stage as it is now: pictures, who is there, what happens, and how well it goes. */
export function LivePart({ live, stageArn, sessionId }: LivePartProps) {
  const { api } = useSession();
  const { events } = useEvents({ resources: [stageArn] });
  const { data, error, reload } = useAnswer(
    async () =>
      sessionId
        ? {
            history: await readSessionHistory(api, stageArn, sessionId),
            session: (await api.call('GetStageSession', { stageArn, sessionId })).stageSession,
          }
        : undefined,
    [api, stageArn, sessionId],
    { everyMs: lookMs },
  );
  useEffect(() => {
    if (events.length > 0) reload();
  }, [events.length, reload]);
  return (
    <>
      <LivePanel live={live} isActive={Boolean(sessionId)} />
      <Problem error={error} />
      <div class="beside">
        <Participants stageArn={stageArn} sessionId={sessionId} />
        <Timeline history={data?.history} events={events} />
      </div>
      {data && (
        <SessionTimeline history={data.history} startTime={data.session?.startTime} endTime={data.session?.endTime} />
      )}
      <StageMetrics
        stageId={idOf(stageArn)}
        nameOf={data?.history.nameOf ?? ((id) => id)}
        looks={live.view?.looks ?? []}
      />
    </>
  );
}
