import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { CheckField, PairsField, SelectField, TextField } from '../controls/fields.tsx';
import { Mark } from '../controls/mark.tsx';
import { readPairs } from '../controls/pairs.ts';
import { useSession } from '../session.ts';
import { ConfigurationList } from '../settings/configuration-list.tsx';
import { hrefOf } from '../shell/route.ts';

/** Encoders that may publish to a stage by RTMP. */
export function IngestPage() {
  const { api } = useSession();
  return (
    <ConfigurationList
      title="Ingest"
      purpose="Lets an encoder such as OBS publish to a stage by a stream key."
      make="New ingest"
      ask={() => api.list('ListIngestConfigurations', {}, 'ingestConfigurations')}
      hrefOf={(id) => hrefOf('ingest', id)}
      columns={[
        { title: 'State', cell: ({ state }) => <Mark state={state} /> },
        { title: 'Protocol', cell: ({ ingestProtocol }) => ingestProtocol },
        {
          title: 'Stage',
          cell: ({ stageArn }) =>
            stageArn ? (
              <a href={hrefOf('stages', idOf(stageArn))}>{idOf(stageArn)}</a>
            ) : (
              <span class="quiet">none</span>
            ),
        },
      ]}
      remove="DeleteIngestConfiguration"
      form={(onClose) => <CreateIngest onClose={onClose} />}
    />
  );
}

function CreateIngest({ onClose }: { onClose: () => void }) {
  const { api, facts } = useSession();
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const [name, setName] = useState('');
  const [stageArn, setStageArn] = useState('');
  const [protocol, setProtocol] = useState<'RTMP' | 'RTMPS'>(facts.ingest.rtmps ? 'RTMPS' : 'RTMP');
  const [userId, setUserId] = useState('');
  const [attributes, setAttributes] = useState('');
  const [redundantIngest, setRedundant] = useState(false);
  return (
    <Dialog title="New ingest configuration" onClose={onClose}>
      <CallForm
        operation="CreateIngestConfiguration"
        input={{
          name,
          stageArn,
          ingestProtocol: protocol,
          ...(protocol === 'RTMP' && { insecureIngest: true }),
          userId,
          attributes: readPairs(attributes),
          ...(redundantIngest && { redundantIngest }),
        }}
        action="Make it"
        onCancel={onClose}
        onDone={({ ingestConfiguration }) => {
          location.hash = hrefOf('ingest', idOf(ingestConfiguration?.arn ?? ''));
        }}
      >
        <TextField label="Name" value={name} onValue={setName} pattern="[a-zA-Z0-9\-_]*" maxLength={128} autoFocus />
        <SelectField
          label="Publishes to"
          value={stageArn}
          onValue={setStageArn}
          options={[
            ['', 'No stage yet'],
            ...(stages.data ?? []).map(({ arn, name: itsName }) => [arn, itsName || idOf(arn)] as const),
          ]}
        />
        <SelectField
          label="Protocol"
          value={protocol}
          onValue={(value) => setProtocol(value === 'RTMP' ? 'RTMP' : 'RTMPS')}
          options={[
            ['RTMPS', 'RTMPS, encrypted'],
            ['RTMP', 'RTMP, not encrypted'],
          ]}
          hint={protocol === 'RTMP' ? 'The stream key can be read by whoever sees the traffic.' : undefined}
        />
        <TextField label="User id" value={userId} onValue={setUserId} maxLength={128} />
        <PairsField label="Attributes" value={attributes} onValue={setAttributes} />
        <CheckField
          label="Two encoders at a time"
          hint="Each has a stream key of its own; one takes over when the other fails."
          checked={redundantIngest}
          onChecked={setRedundant}
        />
      </CallForm>
    </Dialog>
  );
}
