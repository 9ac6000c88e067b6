import type { CompositionSummary } from '@proscenium/model';
import { idOf, type Wire } from '../api/api.ts';
import { Mark } from '../controls/mark.tsx';
import { Table } from '../controls/table.tsx';
import { Ago, Duration } from '../controls/time.tsx';
import { hrefOf } from '../shell/route.ts';

export function CompositionTable({ rows }: { rows: readonly Wire<CompositionSummary>[] }) {
  return (
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
  );
}
