import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { NumberField, PairsField, SelectField } from '../controls/fields.tsx';
import { readPairs } from '../controls/pairs.ts';
import { useSession } from '../session.ts';

interface ReplicateProps {
  readonly sourceStageArn: string;
  readonly participantId: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** Shows a publisher on another stage as well, and ends that. */
export function Replicate({ sourceStageArn, participantId, name, onClose }: ReplicateProps) {
  const { api } = useSession();
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const replicas = useAnswer(
    () => api.list('ListParticipantReplicas', { sourceStageArn, participantId }, 'replicas'),
    [api, sourceStageArn, participantId],
  );
  const [destinationStageArn, setDestination] = useState('');
  const [attributes, setAttributes] = useState('');
  const [reconnectWindowSeconds, setReconnectWindow] = useState<number>();
  const active = (replicas.data ?? []).filter(({ replicationState }) => replicationState === 'ACTIVE');
  const others = (stages.data ?? []).filter(({ arn }) => arn !== sourceStageArn);
  return (
    <Dialog title={`Replicate ${name}`} onClose={onClose}>
      {active.map((replica) => (
        <CallForm
          key={replica.destinationStageArn}
          operation="StopParticipantReplication"
          input={{ sourceStageArn, participantId, destinationStageArn: replica.destinationStageArn }}
          action="End it"
          danger
          onDone={replicas.reload}
        >
          <p>
            Shown on <code>{idOf(replica.destinationStageArn)}</code> now.
          </p>
        </CallForm>
      ))}
      <CallForm
        operation="StartParticipantReplication"
        input={{
          sourceStageArn,
          participantId,
          destinationStageArn,
          ...(reconnectWindowSeconds !== undefined && { reconnectWindowSeconds }),
          attributes: readPairs(attributes),
        }}
        action="Replicate"
        onCancel={onClose}
        onDone={onClose}
      >
        <SelectField
          label="To the stage"
          value={destinationStageArn}
          onValue={setDestination}
          required
          options={[['', 'Choose a stage'], ...others.map(({ arn, name }) => [arn, name || idOf(arn)] as const)]}
        />
        <NumberField
          label="Wait … seconds for a lost publisher"
          value={reconnectWindowSeconds}
          onValue={setReconnectWindow}
          min={0}
          max={300}
          placeholder="0"
        />
        <PairsField
          label="Attributes there"
          value={attributes}
          onValue={setAttributes}
          hint="One name=value a line, beside those that it has."
        />
      </CallForm>
    </Dialog>
  );
}
