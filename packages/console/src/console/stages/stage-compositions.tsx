import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CompositionTable } from '../compositions/composition-table.tsx';
import { Nothing, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';

const lookMs = 4_000;

/** What is and was composed of this stage. */
export function StageCompositions({ stageArn }: { stageArn: string }) {
  const { api } = useSession();
  const { data, error } = useAnswer(
    () => api.list('ListCompositions', { filterByStageArn: stageArn }, 'compositions'),
    [api, stageArn],
    { everyMs: lookMs },
  );
  return (
    <Section
      title="Compositions"
      actions={
        <a class="button" href={hrefOf('compositions', 'new', idOf(stageArn))}>
          New composition
        </a>
      }
    >
      <Problem error={error} />
      {data?.length === 0 && <Nothing>Nothing was composed of this stage.</Nothing>}
      {data && data.length > 0 && <CompositionTable rows={data} />}
    </Section>
  );
}
