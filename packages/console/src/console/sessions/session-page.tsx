import { useState } from 'preact/hooks';
import { arnOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CommandLine } from '../controls/command-line.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { Mark } from '../controls/mark.tsx';
import { Facts, Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Duration, Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { ParticipantDetails } from './participant-details.tsx';

/** A session of a stage: when it was, and who took part. */
export function SessionPage({ stageId, sessionId }: { stageId: string; sessionId: string }) {
  const { api, facts } = useSession();
  const stageArn = arnOf(facts, 'stage', stageId);
  const [looked, setLooked] = useState<{ participantId: string; name: string }>();
  const { data, error } = useAnswer(async () => {
    const [{ stageSession }, participants] = await Promise.all([
      api.call('GetStageSession', { stageArn, sessionId }),
      api.list('ListParticipants', { stageArn, sessionId }, 'participants'),
    ]);
    return { stageSession, participants };
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
              ['Participants', data.participants.length],
            ]}
          />
          <Section title="Who took part">
            {data.participants.length === 0 && <Nothing>Nobody.</Nothing>}
            {data.participants.length > 0 && (
              <Table
                label="Participants"
                rows={data.participants}
                keyOf={({ participantId = '', firstJoinTime = '' }) => `${participantId} ${firstJoinTime}`}
                columns={[
                  {
                    title: 'Who',
                    cell: ({ participantId = '', userId }) => (
                      <button
                        type="button"
                        class="link strong"
                        onClick={() => setLooked({ participantId, name: userId || participantId })}
                      >
                        {userId || participantId}
                      </button>
                    ),
                  },
                  { title: 'State', cell: ({ state = '' }) => <Mark state={state} /> },
                  { title: 'Sent', cell: ({ published }) => (published ? 'yes' : 'no') },
                  { title: 'First came', cell: ({ firstJoinTime }) => <Moment time={firstJoinTime} /> },
                  {
                    title: 'Recording',
                    cell: ({ recordingState }) =>
                      recordingState && recordingState !== 'DISABLED' ? <Mark state={recordingState} /> : '–',
                  },
                ]}
              />
            )}
          </Section>
          <CommandLine command={api.command('ListParticipants', { stageArn, sessionId })} />
        </>
      )}
      {looked && (
        <Dialog title={looked.name} onClose={() => setLooked(undefined)} wide>
          <ParticipantDetails stageArn={stageArn} sessionId={sessionId} participantId={looked.participantId} />
        </Dialog>
      )}
    </Page>
  );
}
