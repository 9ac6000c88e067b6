import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Mark } from '../controls/mark.tsx';
import { Nothing, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Duration, Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';

/** The sessions that a stage has had, the newest first. */
export function SessionList({ stageArn }: { stageArn: string }) {
  const { api } = useSession();
  const { data, error } = useAnswer(
    () => api.list('ListStageSessions', { stageArn }, 'stageSessions'),
    [api, stageArn],
  );
  return (
    <Section title="Sessions" note="A session lasts from the first participant to the last.">
      <Problem error={error} />
      {data?.length === 0 && <Nothing>Nobody has been on this stage yet.</Nothing>}
      {data && data.length > 0 && (
        <Table
          label="Sessions"
          rows={data}
          keyOf={({ sessionId = '' }) => sessionId}
          columns={[
            {
              title: 'Session',
              cell: ({ sessionId = '' }) => (
                <a class="strong" href={hrefOf('stages', idOf(stageArn), 'sessions', sessionId)}>
                  <code>{sessionId}</code>
                </a>
              ),
            },
            { title: 'State', cell: ({ endTime }) => <Mark state={endTime ? 'Ended' : 'Live'} /> },
            { title: 'Began', cell: ({ startTime }) => <Moment time={startTime} /> },
            { title: 'Lasted', cell: ({ startTime, endTime }) => <Duration from={startTime} to={endTime} /> },
          ]}
        />
      )}
    </Section>
  );
}
