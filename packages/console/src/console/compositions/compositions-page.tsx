import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Mark } from '../controls/mark.tsx';
import { Nothing, Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Ago, Duration } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';

const lookMs = 4_000;

/** Compositions, the newest first. */
export function CompositionsPage() {
  const { api } = useSession();
  const { data, error } = useAnswer(() => api.list('ListCompositions', {}, 'compositions'), [api], { everyMs: lookMs });
  const start = (
    <a class="button primary" href={hrefOf('compositions', 'new')}>
      New composition
    </a>
  );
  const rows = (data ?? []).toSorted((one, other) => (other.startTime ?? '').localeCompare(one.startTime ?? ''));
  return (
    <Page
      title="Compositions"
      lead={<p>Many pictures of a stage made into one, for viewers and for the archive.</p>}
      actions={start}
    >
      <Problem error={error} />
      {data?.length === 0 && (
        <Nothing>
          <h2>Nothing is composed</h2>
          <p>A composition puts everybody on a stage into one picture, and sends it to a channel or records it.</p>
          {start}
        </Nothing>
      )}
      {rows.length > 0 && (
        <Table
          label="Compositions"
          rows={rows}
          keyOf={({ arn }) => arn}
          columns={[
            {
              title: 'Composition',
              cell: ({ arn }) => (
                <a class="strong" href={hrefOf('compositions', idOf(arn))}>
                  <code>{idOf(arn)}</code>
                </a>
              ),
            },
            { title: 'State', cell: ({ state }) => <Mark state={state} /> },
            { title: 'Stage', cell: ({ stageArn }) => <a href={hrefOf('stages', idOf(stageArn))}>{idOf(stageArn)}</a> },
            { title: 'Began', cell: ({ startTime }) => <Ago time={startTime} /> },
            { title: 'Lasts', cell: ({ startTime, endTime }) => <Duration from={startTime} to={endTime} /> },
          ]}
        />
      )}
    </Page>
  );
}
