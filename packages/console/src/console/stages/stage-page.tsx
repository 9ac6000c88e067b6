import { useState } from 'preact/hooks';
import { arnOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Copyable } from '../controls/copy-button.tsx';
import { Mark } from '../controls/mark.tsx';
import { Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { useSession } from '../session.ts';
import { SessionList } from '../sessions/session-list.tsx';
import { hrefOf } from '../shell/route.ts';
import { CreateToken } from './create-token.tsx';
import { LivePart } from './live-part.tsx';
import { StageCompositions } from './stage-compositions.tsx';
import { StageIngest } from './stage-ingest.tsx';
import { StageSettings } from './stage-settings.tsx';
import { useLiveStage } from './use-live-stage.ts';

const lookMs = 4_000;

const parts = [
  [undefined, 'Live'],
  ['sessions', 'Sessions'],
  ['compositions', 'Compositions'],
  ['ingest', 'Ingest'],
  ['settings', 'Settings'],
] as const;

/** A stage: who is on it, what was on it, and how it is set. */
export function StagePage({ stageId, part }: { stageId: string; part: string | undefined }) {
  const { api, facts } = useSession();
  const arn = arnOf(facts, 'stage', stageId);
  const { data, error, reload } = useAnswer(() => api.call('GetStage', { arn }), [api, arn], { everyMs: lookMs });
  const live = useLiveStage(arn);
  const [isInviting, setInviting] = useState(false);
  const stage = data?.stage;
  const sessionId = stage?.activeSessionId;
  return (
    <Page
      title={stage?.name || stageId}
      above={[['Stages', hrefOf('stages')]]}
      lead={
        stage && (
          <>
            <Mark state={sessionId ? 'Live' : 'Idle'} />
            <Copyable text={stage.arn} label="stage ARN" />
          </>
        )
      }
      actions={
        <button type="button" class="button primary" onClick={() => setInviting(true)}>
          New token
        </button>
      }
    >
      <nav class="parts" aria-label="Parts of the stage">
        {parts.map(([name, label]) => (
          <a
            key={label}
            href={name ? hrefOf('stages', stageId, name) : hrefOf('stages', stageId)}
            aria-current={part === name ? 'page' : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
      <Problem error={error} />
      {stage && part === undefined && <LivePart live={live} stageArn={arn} sessionId={sessionId} />}
      {stage && part === 'sessions' && <SessionList stageArn={arn} />}
      {stage && part === 'compositions' && <StageCompositions stageArn={arn} />}
      {stage && part === 'ingest' && <StageIngest stageArn={arn} />}
      {stage && part === 'settings' && <StageSettings stage={stage} onChange={reload} />}
      {isInviting && <CreateToken stageArn={arn} onClose={() => setInviting(false)} />}
    </Page>
  );
}
