import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Mark } from '../controls/mark.tsx';
import { Nothing, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { CreateIngest } from '../ingest/create-ingest.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';

const lookMs = 4_000;

/** Encoders that may publish to this stage. */
export function StageIngest({ stageArn }: { stageArn: string }) {
  const { api } = useSession();
  const [isMaking, setMaking] = useState(false);
  const { data, error } = useAnswer(
    () => api.list('ListIngestConfigurations', { filterByStageArn: stageArn }, 'ingestConfigurations'),
    [api, stageArn],
    { everyMs: lookMs },
  );
  return (
    <Section
      title="Ingest"
      note="Encoders such as OBS, each with a stream key."
      actions={
        <button type="button" class="button" onClick={() => setMaking(true)}>
          New ingest
        </button>
      }
    >
      <Problem error={error} />
      {data?.length === 0 && <Nothing>No encoder may publish to this stage.</Nothing>}
      {data && data.length > 0 && (
        <Table
          label="Ingest"
          rows={data}
          keyOf={({ arn }) => arn}
          columns={[
            {
              title: 'Name',
              cell: ({ name, arn }) => (
                <a class="strong" href={hrefOf('ingest', idOf(arn))}>
                  {name || idOf(arn)}
                </a>
              ),
            },
            { title: 'State', cell: ({ state }) => <Mark state={state} /> },
            { title: 'Protocol', cell: ({ ingestProtocol }) => ingestProtocol },
            { title: 'User id', cell: ({ userId }) => userId || <span class="quiet">–</span> },
          ]}
        />
      )}
      {isMaking && <CreateIngest stageArn={stageArn} onClose={() => setMaking(false)} />}
    </Section>
  );
}
