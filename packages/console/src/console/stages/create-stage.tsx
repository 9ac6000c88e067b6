import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { PairsField, TextField } from '../controls/fields.tsx';
import { readPairs } from '../controls/pairs.ts';
import { hrefOf } from '../shell/route.ts';
import { noRecording, type RecordingChoice, RecordingFields, recordingOf } from './recording-fields.tsx';

export function CreateStage({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [tags, setTags] = useState('');
  const [recording, setRecording] = useState<RecordingChoice>(noRecording);
  return (
    <Dialog title="New stage" onClose={onClose}>
      <CallForm
        operation="CreateStage"
        input={{
          name,
          ...(recording.storageConfigurationArn && { autoParticipantRecordingConfiguration: recordingOf(recording) }),
          tags: readPairs(tags),
        }}
        action="Make the stage"
        onCancel={onClose}
        onDone={({ stage }) => {
          if (stage) location.hash = hrefOf('stages', idOf(stage.arn));
        }}
      >
        <TextField
          label="Name"
          value={name}
          onValue={setName}
          hint="Letters, digits, - and _. It may be left out."
          pattern="[a-zA-Z0-9\-_]*"
          maxLength={128}
          autoFocus
        />
        <RecordingFields value={recording} onValue={setRecording} />
        <details class="more">
          <summary>Tags</summary>
          <PairsField label="Tags" value={tags} onValue={setTags} />
        </details>
      </CallForm>
    </Dialog>
  );
}
