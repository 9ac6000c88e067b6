import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { CheckField, NameField, PairsField, SelectField, TagsField, TextField } from '../controls/fields.tsx';
import { readPairs } from '../controls/pairs.ts';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';

interface CreateIngestProps {
  /** Chosen to begin with. */
  readonly stageArn?: string;
  readonly onClose: () => void;
}

export function CreateIngest({ stageArn: given = '', onClose }: CreateIngestProps) {
  const { api, facts } = useSession();
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const [name, setName] = useState('');
  const [stageArn, setStageArn] = useState(given);
  const [protocol, setProtocol] = useState<'RTMP' | 'RTMPS'>(facts.ingest.rtmps ? 'RTMPS' : 'RTMP');
  const [userId, setUserId] = useState('');
  const [attributes, setAttributes] = useState('');
  const [tags, setTags] = useState('');
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
          tags: readPairs(tags),
        }}
        action="Make it"
        onCancel={onClose}
        onDone={({ ingestConfiguration }) => {
          location.hash = hrefOf('ingest', idOf(ingestConfiguration?.arn ?? ''));
        }}
      >
        <NameField value={name} onValue={setName} autoFocus />
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
        <TagsField value={tags} onValue={setTags} />
      </CallForm>
    </Dialog>
  );
}
