import { useState } from 'preact/hooks';
import { useAnswer } from '../api/use-answer.ts';
import { ActionForm } from '../controls/action-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { SelectField, TextField } from '../controls/fields.tsx';
import { Nothing, Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { Access, accessCommand, onTheServer } from './access.ts';

/** Users of the account: what they may do, and how many keys they have. */
export function UsersPage() {
  const { api, facts } = useSession();
  const { data, error } = useAnswer(() => new Access(api).users(), [api]);
  const [isMaking, setMaking] = useState(false);
  return (
    <Page
      title="Users"
      lead={<p>People and programs of the account {facts.account}, each with access keys and policies of its own.</p>}
      actions={
        <button type="button" class="button primary" onClick={() => setMaking(true)}>
          New user
        </button>
      }
    >
      <Problem error={error} />
      {data?.length === 0 && <Nothing>This account has no users.</Nothing>}
      {data && data.length > 0 && (
        <Table
          label="Users"
          rows={data}
          keyOf={({ name }) => name}
          columns={[
            {
              title: 'Name',
              cell: ({ name }) => (
                <span>
                  <a class="strong" href={hrefOf('users', name)}>
                    {name}
                  </a>
                  {name === facts.userName && <span class="quiet"> (you)</span>}
                </span>
              ),
            },
            {
              title: 'Policies',
              cell: ({ policies }) => policies.join(', ') || <span class="quiet">none: may do nothing</span>,
            },
            {
              title: 'Keys',
              cell: ({ accessKeys, configuredAccessKeys }) => accessKeys.length + configuredAccessKeys,
            },
            { title: 'Set by', cell: ({ configured }) => (configured ? 'configuration' : 'administrators') },
            { title: 'Made', cell: ({ createdTime }) => <Moment time={createdTime} /> },
          ]}
        />
      )}
      {isMaking && <CreateUser onClose={() => setMaking(false)} />}
    </Page>
  );
}

function CreateUser({ onClose }: { onClose: () => void }) {
  const { api } = useSession();
  const access = new Access(api);
  const policies = useAnswer(() => access.policies(), [api]);
  const [name, setName] = useState('');
  const [policy, setPolicy] = useState('');
  return (
    <Dialog title="New user" onClose={onClose}>
      <ActionForm
        submit={async () => {
          const { user } = await access.createUser(name, policy ? [policy] : []);
          location.hash = hrefOf('users', user.name);
        }}
        command={accessCommand('user', 'create', name, ...(policy ? ['--policy', policy] : []))}
        commandTitle={onTheServer}
        action="Make the user"
        onCancel={onClose}
      >
        <TextField
          label="Name"
          value={name}
          onValue={setName}
          required
          pattern="[\w+=,.@\-]{1,64}"
          patternWords="A name has letters from a to z, digits and any of +=,.@_- alone."
          maxLength={64}
          autoFocus
        />
        <SelectField
          label="May do"
          value={policy}
          onValue={setPolicy}
          options={[['', 'Nothing yet'], ...(policies.data ?? []).map(({ name: each }) => [each, each] as const)]}
          hint="A policy. More can be given afterwards."
        />
      </ActionForm>
    </Dialog>
  );
}
