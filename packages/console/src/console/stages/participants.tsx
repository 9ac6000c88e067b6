import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { TextField } from '../controls/fields.tsx';
import { Nothing, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Ago } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { ParticipantDetails } from '../sessions/participant-details.tsx';
import { Replicate } from './replicate.tsx';

const lookMs = 3_000;

interface ParticipantsProps {
  readonly stageArn: string;
  readonly sessionId: string | undefined;
}

interface Chosen {
  readonly participantId: string;
  readonly name: string;
}

/** Who is on the stage now. */
export function Participants({ stageArn, sessionId }: ParticipantsProps) {
  const { api } = useSession();
  const [looked, setLooked] = useState<Chosen>();
  const [removed, setRemoved] = useState<Chosen>();
  const [replicated, setReplicated] = useState<Chosen>();
  const { data, error, reload } = useAnswer(
    async () => {
      if (!sessionId) return [];
      return api.list('ListParticipants', { stageArn, sessionId, filterByState: 'CONNECTED' }, 'participants');
    },
    [api, stageArn, sessionId],
    { everyMs: lookMs },
  );
  return (
    <Section title="On the stage now">
      <Problem error={error} />
      {data?.length === 0 && <Nothing>Nobody is here. Make a token and open its link, or join yourself.</Nothing>}
      {data && data.length > 0 && (
        <Table
          label="Participants"
          rows={data}
          keyOf={({ participantId = '' }) => participantId}
          columns={[
            {
              title: 'Who',
              cell: ({ userId, participantId = '' }) => (
                <button
                  type="button"
                  class="link strong"
                  onClick={() => setLooked({ participantId, name: userId || participantId })}
                >
                  {userId || participantId}
                </button>
              ),
            },
            {
              title: 'Sends',
              cell: ({ published, replicationType, redundantIngest }) => {
                const kind = replicationType === 'REPLICA' ? ', a replica' : '';
                return `${published ? 'yes' : 'no'}${redundantIngest ? ', one of two encoders' : kind}`;
              },
            },
            { title: 'Since', cell: ({ firstJoinTime }) => <Ago time={firstJoinTime} /> },
            {
              title: 'Actions',
              end: true,
              cell: ({ userId, participantId = '', published, redundantIngest }) => {
                const chosen = { participantId, name: userId || participantId };
                return (
                  <span class="actions end">
                    {published && !redundantIngest && (
                      <button
                        type="button"
                        class="button small"
                        aria-label={`Replicate ${chosen.name}`}
                        onClick={() => setReplicated(chosen)}
                      >
                        Replicate
                      </button>
                    )}
                    <button
                      type="button"
                      class="button small"
                      aria-label={`Remove ${chosen.name}`}
                      onClick={() => setRemoved(chosen)}
                    >
                      Remove
                    </button>
                  </span>
                );
              },
            },
          ]}
        />
      )}
      {looked && sessionId && (
        <Dialog title={looked.name} onClose={() => setLooked(undefined)} wide>
          <ParticipantDetails stageArn={stageArn} sessionId={sessionId} participantId={looked.participantId} />
        </Dialog>
      )}
      {removed && (
        <Remove
          stageArn={stageArn}
          chosen={removed}
          onClose={() => {
            setRemoved(undefined);
            reload();
          }}
        />
      )}
      {replicated && (
        <Replicate
          sourceStageArn={stageArn}
          participantId={replicated.participantId}
          name={replicated.name}
          onClose={() => setReplicated(undefined)}
        />
      )}
    </Section>
  );
}

function Remove({ stageArn, chosen, onClose }: { stageArn: string; chosen: Chosen; onClose: () => void }) {
  const [reason, setReason] = useState('');
  return (
    <Dialog title={`Remove ${chosen.name}`} onClose={onClose}>
      <CallForm
        operation="DisconnectParticipant"
        input={{ stageArn, participantId: chosen.participantId, reason }}
        action="Remove"
        danger
        onCancel={onClose}
        onDone={onClose}
      >
        <p>
          The participant is disconnected from <code>{idOf(stageArn)}</code> at once, and its token is worth nothing any
          more.
        </p>
        <TextField
          label="Reason"
          value={reason}
          onValue={setReason}
          hint="For your records. May be left out."
          maxLength={128}
        />
      </CallForm>
    </Dialog>
  );
}
