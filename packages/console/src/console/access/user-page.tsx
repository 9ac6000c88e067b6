import { useState } from 'preact/hooks';
import { useAnswer } from '../api/use-answer.ts';
import { ActionForm } from '../controls/action-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { SelectField } from '../controls/fields.tsx';
import { Facts, Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { Access, accessCommand, onTheServer, type User } from './access.ts';
import { Simulation } from './simulation.tsx';
import { UserKeys } from './user-keys.tsx';

/** A user: its policies, its keys, and its end. */
export function UserPage({ name }: { name: string }) {
  const { api, facts } = useSession();
  const access = new Access(api);
  const { data, error, reload } = useAnswer(() => access.users(), [api]);
  const [isDeleting, setDeleting] = useState(false);
  const user = data?.find((each) => each.name === name);
  const isLasting = user?.configured || (user?.configuredAccessKeys ?? 0) > 0;
  return (
    <Page
      title={name}
      above={[['Users', hrefOf('users')]]}
      lead={name === facts.userName && <p>This is you.</p>}
      actions={
        user &&
        !isLasting && (
          <button type="button" class="button danger" onClick={() => setDeleting(true)}>
            Delete…
          </button>
        )
      }
    >
      <Problem error={error} />
      {data && !user && <Nothing>The account {facts.account} has no user of this name.</Nothing>}
      {user && (
        <>
          <Facts
            rows={[
              ['Made', <Moment key="made" time={user.createdTime} />],
              ['Set by', user.configured ? 'the configuration, where it is changed' : undefined],
              ['Keys of the configuration', user.configuredAccessKeys || undefined],
            ]}
          />
          <UserPolicies user={user} onChange={reload} />
          <UserKeys user={user} onChange={reload} />
          <Simulation userName={user.name} />
        </>
      )}
      {isDeleting && (
        <Dialog title={`Delete ${name}`} onClose={() => setDeleting(false)}>
          <ActionForm
            submit={async () => {
              await access.deleteUser(name);
              location.hash = hrefOf('users');
            }}
            command={accessCommand('user', 'delete', name)}
            commandTitle={onTheServer}
            action="Delete the user"
            danger
            onCancel={() => setDeleting(false)}
          >
            <p>
              {name === facts.userName
                ? 'This is you: your own keys are worth nothing from then on.'
                : 'Its access keys are worth nothing from then on.'}{' '}
              This cannot be undone.
            </p>
          </ActionForm>
        </Dialog>
      )}
    </Page>
  );
}

function UserPolicies({ user, onChange }: { user: User; onChange: () => void }) {
  const { api } = useSession();
  const access = new Access(api);
  const policies = useAnswer(() => access.policies(), [api]);
  const [wanted, setWanted] = useState('');
  const [detached, setDetached] = useState<string>();
  const others = (policies.data ?? []).filter(({ name }) => !user.policies.includes(name));
  const close = () => setDetached(undefined);
  return (
    <Section title="Policies" note="What they allow together, this user may do; what one of them denies, it may not.">
      {user.policies.length === 0 && <Nothing>Without a policy this user may do nothing.</Nothing>}
      {user.policies.length > 0 && (
        <Table
          label="Policies"
          rows={user.policies}
          keyOf={(name) => name}
          columns={[
            {
              title: 'Policy',
              cell: (name) => (
                <a class="strong" href={hrefOf('policies', name)}>
                  {name}
                </a>
              ),
            },
            {
              title: 'Actions',
              end: true,
              cell: (name) =>
                !user.configured && (
                  <button
                    type="button"
                    class="button small"
                    aria-label={`Take away ${name}`}
                    onClick={() => setDetached(name)}
                  >
                    Take away
                  </button>
                ),
            },
          ]}
        />
      )}
      {!user.configured && (
        <ActionForm
          submit={async () => {
            await access.attachPolicy(user.name, wanted);
            setWanted('');
            onChange();
          }}
          command={accessCommand('user', 'attach', user.name, wanted)}
          commandTitle={onTheServer}
          action="Give it"
        >
          <SelectField
            label="Another policy"
            value={wanted}
            onValue={setWanted}
            required
            options={[['', 'Choose a policy'], ...others.map(({ name }) => [name, name] as const)]}
          />
        </ActionForm>
      )}
      {detached && (
        <Dialog title={`Take ${detached} away`} onClose={close}>
          <ActionForm
            submit={async () => {
              await access.detachPolicy(user.name, detached);
              close();
              onChange();
            }}
            command={accessCommand('user', 'detach', user.name, detached)}
            commandTitle={onTheServer}
            action="Take it away"
            danger
            onCancel={close}
          >
            <p>From the next call on, {user.name} may do nothing any more that no other of its policies allows.</p>
          </ActionForm>
        </Dialog>
      )}
    </Section>
  );
}
