import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Copyable } from '../controls/copy-button.tsx';
import { Mark } from '../controls/mark.tsx';
import { Nothing, Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { CreateStage } from './create-stage.tsx';

const lookMs = 5_000;

/** All stages, those with a session first. */
export function StagesPage() {
  const { api } = useSession();
  const { data, error, reload } = useAnswer(() => api.list('ListStages', {}, 'stages'), [api], { everyMs: lookMs });
  const [isCreating, setCreating] = useState(false);
  const [wanted, setWanted] = useState('');
  const stages = (data ?? [])
    .filter(({ name = '', arn }) => `${name} ${arn}`.toLowerCase().includes(wanted.toLowerCase()))
    .toSorted(
      (one, other) =>
        Number(Boolean(other.activeSessionId)) - Number(Boolean(one.activeSessionId)) ||
        (one.name ?? '').localeCompare(other.name ?? ''),
    );
  const liveCount = (data ?? []).filter(({ activeSessionId }) => activeSessionId).length;
  return (
    <Page
      title="Stages"
      lead={data && <p>{data.length === 0 ? 'None yet' : `${data.length} in all, ${liveCount} live`}</p>}
      actions={
        <button type="button" class="button primary" onClick={() => setCreating(true)}>
          New stage
        </button>
      }
    >
      <Problem error={error} />
      {data && data.length > 8 && (
        <input
          type="search"
          class="search"
          aria-label="Find a stage"
          placeholder="Find by name or id"
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      {data?.length === 0 && (
        <Nothing>
          <h2>A stage is where people see and hear each other</h2>
          <p>Make one, make a token for each who is to take part, and send them the links.</p>
          <button type="button" class="button primary" onClick={() => setCreating(true)}>
            Make the first stage
          </button>
        </Nothing>
      )}
      {stages.length > 0 && (
        <Table
          label="Stages"
          rows={stages}
          keyOf={({ arn }) => arn}
          columns={[
            {
              title: 'Name',
              cell: ({ name, arn }) => (
                <a class="strong" href={hrefOf('stages', idOf(arn))}>
                  {name || 'Without a name'}
                </a>
              ),
            },
            { title: 'State', cell: ({ activeSessionId }) => <Mark state={activeSessionId ? 'Live' : 'Idle'} /> },
            { title: 'Id', cell: ({ arn }) => <Copyable text={idOf(arn)} label="stage id" /> },
            {
              title: 'Session',
              cell: ({ arn, activeSessionId }) =>
                activeSessionId ? (
                  <a href={hrefOf('stages', idOf(arn), 'sessions', activeSessionId)}>
                    <code>{activeSessionId}</code>
                  </a>
                ) : (
                  <span class="quiet">–</span>
                ),
            },
          ]}
        />
      )}
      {isCreating && (
        <CreateStage
          onClose={() => {
            setCreating(false);
            reload();
          }}
        />
      )}
    </Page>
  );
}
