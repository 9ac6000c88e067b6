import type { RequestOf } from '@proscenium/model';
import { useState } from 'preact/hooks';
import { useAnswer } from '../api/use-answer.ts';
import { CommandLine } from '../controls/command-line.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { SelectField, TextField } from '../controls/fields.tsx';
import { Mark } from '../controls/mark.tsx';
import { Nothing, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { ParticipantDetails } from './participant-details.tsx';

type Filter = Omit<RequestOf<'ListParticipants'>, 'stageArn' | 'sessionId'>;

/** The service takes one filter at a time. */
const filters: Readonly<Record<string, readonly [words: string, filter: Filter]>> = {
  all: ['Everybody', {}],
  connected: ['Who is connected', { filterByState: 'CONNECTED' }],
  disconnected: ['Who has left', { filterByState: 'DISCONNECTED' }],
  published: ['Who sent something', { filterByPublished: true }],
  silent: ['Who sent nothing', { filterByPublished: false }],
  recorded: ['Whose recording is complete', { filterByRecordingState: 'STOPPED' }],
  failed: ['Whose recording failed', { filterByRecordingState: 'FAILED' }],
};
const byUserId = 'user';

interface SessionParticipantsProps {
  readonly stageArn: string;
  readonly sessionId: string;
}

/** Who took part in a session. */
export function SessionParticipants({ stageArn, sessionId }: SessionParticipantsProps) {
  const { api } = useSession();
  const [chosen, setChosen] = useState('all');
  const [userId, setUserId] = useState('');
  const [looked, setLooked] = useState<{ participantId: string; name: string }>();
  const filter: Filter =
    chosen === byUserId ? { ...(userId && { filterByUserId: userId }) } : (filters[chosen]?.[1] ?? {});
  const input = { stageArn, sessionId, ...filter };
  const { data, error } = useAnswer(
    () => api.list('ListParticipants', input, 'participants'),
    [api, stageArn, sessionId, chosen, userId],
  );
  return (
    <Section title="Who took part">
      <div class="columns filters">
        <SelectField
          label="Show"
          value={chosen}
          onValue={setChosen}
          options={[
            ...Object.entries(filters).map(([key, [words]]) => [key, words] as const),
            [byUserId, 'One by user id'],
          ]}
        />
        {chosen === byUserId && <TextField label="User id" value={userId} onValue={setUserId} maxLength={128} />}
      </div>
      <Problem error={error} />
      {data?.length === 0 && <Nothing>Nobody.</Nothing>}
      {data && data.length > 0 && (
        <Table
          label="Participants"
          rows={data}
          keyOf={({ participantId = '', firstJoinTime = '' }) => `${participantId} ${firstJoinTime}`}
          columns={[
            {
              title: 'Who',
              cell: ({ participantId = '', userId: itsUserId }) => (
                <button
                  type="button"
                  class="link strong"
                  onClick={() => setLooked({ participantId, name: itsUserId || participantId })}
                >
                  {itsUserId || participantId}
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
      <CommandLine command={api.command('ListParticipants', input)} />
      {looked && (
        <Dialog title={looked.name} onClose={() => setLooked(undefined)} wide>
          <ParticipantDetails stageArn={stageArn} sessionId={sessionId} participantId={looked.participantId} />
        </Dialog>
      )}
    </Section>
  );
}
