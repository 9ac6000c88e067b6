import type { Stage } from '@proscenium/model';
import { useState } from 'preact/hooks';
import type { Wire } from '../api/api.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Copyable } from '../controls/copy-button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { NameField } from '../controls/fields.tsx';
import { Facts, Section } from '../controls/page.tsx';
import { TagsEditor } from '../controls/tags-editor.tsx';
import { hrefOf } from '../shell/route.ts';
import { choiceOf, RecordingFields, recordingOf } from './recording-fields.tsx';

/** Name, recording, tags and addresses of a stage, and its end. */
export function StageSettings({ stage, onChange }: { stage: Wire<Stage>; onChange: () => void }) {
  const { arn, endpoints = {} } = stage;
  const [name, setName] = useState(stage.name ?? '');
  const [recording, setRecording] = useState(() => choiceOf(stage.autoParticipantRecordingConfiguration));
  const [isSaved, setSaved] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const wasRecorded = Boolean(choiceOf(stage.autoParticipantRecordingConfiguration).storageConfigurationArn);
  const isRecording = wasRecorded || recording.storageConfigurationArn !== '';
  return (
    <>
      <Section title="Endpoints" note="For clients that take no link.">
        <Facts
          rows={Object.entries({
            WHIP: endpoints.whip,
            Events: endpoints.events,
            RTMPS: endpoints.rtmps,
            RTMP: endpoints.rtmp,
          }).map(([kind, url]) => [kind, url && <Copyable key={kind} text={url} label={`${kind} endpoint`} />])}
        />
      </Section>
      <Section title="Name and recording">
        <CallForm
          operation="UpdateStage"
          input={{ arn, name, ...(isRecording && { autoParticipantRecordingConfiguration: recordingOf(recording) }) }}
          keepsBlanks
          action={isSaved ? 'Saved' : 'Save'}
          onDone={() => {
            setSaved(true);
            onChange();
          }}
        >
          <NameField
            value={name}
            onValue={(value) => {
              setSaved(false);
              setName(value);
            }}
          />
          <RecordingFields
            value={recording}
            onValue={(value) => {
              setSaved(false);
              setRecording(value);
            }}
          />
        </CallForm>
      </Section>
      <Section title="Tags">
        <TagsEditor arn={arn} />
      </Section>
      <Section title="Delete this stage">
        <p class="row">
          <span class="quiet">Everybody is disconnected. What was recorded stays.</span>
          <button type="button" class="button danger" onClick={() => setDeleting(true)}>
            Delete…
          </button>
        </p>
      </Section>
      {isDeleting && (
        <Dialog title={`Delete ${stage.name || 'this stage'}`} onClose={() => setDeleting(false)}>
          <CallForm
            operation="DeleteStage"
            input={{ arn }}
            action="Delete the stage"
            danger
            onCancel={() => setDeleting(false)}
            onDone={() => {
              location.hash = hrefOf('stages');
            }}
          >
            <p>Everybody on it is disconnected, and its tokens are worth nothing any more. This cannot be undone.</p>
          </CallForm>
        </Dialog>
      )}
    </>
  );
}
