import { useState } from 'preact/hooks';
import { ActionForm } from '../controls/action-form.tsx';
import { TextField } from '../controls/fields.tsx';
import { Section } from '../controls/page.tsx';
import { useSession } from '../session.ts';
import { Access, accessCommand, onTheServer } from './access.ts';

const answers: Readonly<Record<string, string>> = {
  Allow: 'Yes: it is allowed.',
  ExplicitDeny: 'No: a policy denies it.',
  ImplicitDeny: 'No: no policy allows it.',
};

/** Says what a user may do, without doing it. */
export function Simulation({ userName }: { userName: string }) {
  const { api } = useSession();
  const [action, setAction] = useState('ivs:CreateParticipantToken');
  const [resource, setResource] = useState('*');
  const [decision, setDecision] = useState<string>();
  return (
    <Section title="May it do this?">
      <ActionForm
        submit={async () => setDecision(await new Access(api).simulate(userName, action, resource))}
        command={accessCommand('simulate', userName, action, resource)}
        commandTitle={onTheServer}
        action="Ask"
      >
        <div class="columns">
          <TextField label="Action" value={action} onValue={setAction} required maxLength={128} code />
          <TextField
            label="Resource"
            value={resource}
            onValue={setResource}
            required
            maxLength={256}
            code
            hint="An ARN, or *."
          />
        </div>
        <p role="status">{decision && (answers[decision] ?? decision)}</p>
      </ActionForm>
    </Section>
  );
}
