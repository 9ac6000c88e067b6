import { useState } from 'preact/hooks';
import { ActionForm } from '../controls/action-form.tsx';
import { TextAreaField, TextField } from '../controls/fields.tsx';
import { useSession } from '../session.ts';
import { Access, accessCommand, onTheServer } from './access.ts';

interface PolicyFormProps {
  /** Left out: it is to be given one. */
  readonly name?: string;
  /** JSON, to begin with. */
  readonly document: string;
  readonly action: string;
  readonly onDone: (name: string) => void;
  readonly onCancel?: () => void;
}

/** Makes a policy, or puts another document in its place. */
export function PolicyForm({ name: present, document, action, onDone, onCancel }: PolicyFormProps) {
  const { api } = useSession();
  const [name, setName] = useState(present ?? '');
  const [text, setText] = useState(document);
  return (
    <ActionForm
      submit={async () => {
        await new Access(api).putPolicy(name, text);
        onDone(name);
      }}
      command={accessCommand('policy', 'put', name || 'NAME', 'policy.json')}
      commandTitle={onTheServer}
      action={action}
      onCancel={onCancel}
    >
      {present === undefined && (
        <TextField
          label="Name"
          value={name}
          onValue={setName}
          required
          pattern="[\w+=,.@\-]{1,128}"
          patternWords="A name has letters from a to z, digits and any of +=,.@_- alone."
          maxLength={128}
          autoFocus
        />
      )}
      <TextAreaField
        label="Document"
        value={text}
        onValue={setText}
        required
        rows={14}
        hint="JSON. What this server does not understand is refused, with a word about it."
      />
    </ActionForm>
  );
}
