import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { NameField, TagsField } from '../controls/fields.tsx';
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
        <NameField value={name} onValue={setName} autoFocus />
        <RecordingFields value={recording} onValue={setRecording} />
        <TagsField value={tags} onValue={setTags} />
      </CallForm>
    </Dialog>
  );
}
