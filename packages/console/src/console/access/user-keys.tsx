import { useState } from 'preact/hooks';
import { ActionForm } from '../controls/action-form.tsx';
import { Copyable, CopyButton } from '../controls/copy-button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { Mark } from '../controls/mark.tsx';
import { Facts, Nothing, Section } from '../controls/page.tsx';
import { Table } from '../controls/table.tsx';
import { Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { Access, accessCommand, type NewKey, onTheServer, type ShownKey, type User } from './access.ts';

type Verb = 'rotate' | 'disable' | 'enable' | 'delete';

const words: Readonly<Record<Verb, readonly [label: string, consequence: string]>> = {
  rotate: ['Replace', 'A new key takes its place, and this one is worth nothing from then on.'],
  disable: ['Disable', 'Calls that are signed with it are refused until it is enabled again.'],
  enable: ['Enable', 'Calls that are signed with it are accepted again.'],
  delete: ['Delete', 'Calls that are signed with it are refused from then on. This cannot be undone.'],
};

/** Access keys of a user: two at most. */
export function UserKeys({ user, onChange }: { user: User; onChange: () => void }) {
  const [order, setOrder] = useState<{ verb: Verb | 'create'; key?: ShownKey }>();
  const [made, setMade] = useState<NewKey>();
  const close = () => setOrder(undefined);
  const end = (key?: NewKey) => {
    close();
    setMade(key);
    onChange();
  };
  const ask = (verb: Verb, key: ShownKey) => (
    <button
      key={verb}
      type="button"
      class="button small"
      aria-label={`${words[verb][0]} ${key.accessKeyId}`}
      onClick={() => setOrder({ verb, key })}
    >
      {words[verb][0]}
    </button>
  );
  return (
    <Section
      title="Access keys"
      note="Two at most, so that one can be replaced while the other is in use."
      actions={
        <button type="button" class="button" onClick={() => setOrder({ verb: 'create' })}>
          New key
        </button>
      }
    >
      {user.accessKeys.length === 0 && <Nothing>There is none that was made here.</Nothing>}
      {user.accessKeys.length > 0 && (
        <Table
          label="Access keys"
          rows={user.accessKeys}
          keyOf={({ accessKeyId }) => accessKeyId}
          columns={[
            { title: 'Id', cell: ({ accessKeyId }) => <Copyable text={accessKeyId} label="access key id" /> },
            { title: 'State', cell: ({ active }) => <Mark state={active ? 'ACTIVE' : 'Disabled'} /> },
            { title: 'Made', cell: ({ createdTime }) => <Moment time={createdTime} /> },
            {
              title: 'Actions',
              end: true,
              cell: (key) => (
                <span class="actions end">
                  {ask('rotate', key)}
                  {ask(key.active ? 'disable' : 'enable', key)}
                  {ask('delete', key)}
                </span>
              ),
            },
          ]}
        />
      )}
      {order?.verb === 'create' && <CreateKey userName={user.name} onClose={close} onMade={end} />}
      {order?.key && order.verb !== 'create' && (
        <ChangeKey accessKeyId={order.key.accessKeyId} verb={order.verb} onClose={close} onDone={end} />
      )}
      {made && <MadeKey made={made} onClose={() => setMade(undefined)} />}
    </Section>
  );
}

interface CreateKeyProps {
  readonly userName: string;
  readonly onClose: () => void;
  readonly onMade: (key: NewKey) => void;
}

function CreateKey({ userName, onClose, onMade }: CreateKeyProps) {
  const { api } = useSession();
  return (
    <Dialog title={`New key for ${userName}`} onClose={onClose}>
      <ActionForm
        submit={async () => onMade(await new Access(api).createKey(userName))}
        command={accessCommand('key', 'create', userName)}
        commandTitle={onTheServer}
        action="Make the key"
        onCancel={onClose}
      >
        <p>Its secret is shown once. Have the place at hand where you keep it.</p>
      </ActionForm>
    </Dialog>
  );
}

interface ChangeKeyProps {
  readonly accessKeyId: string;
  readonly verb: Verb;
  readonly onClose: () => void;
  readonly onDone: (key?: NewKey) => void;
}

function ChangeKey({ accessKeyId, verb, onClose, onDone }: ChangeKeyProps) {
  const { api } = useSession();
  const access = new Access(api);
  const [label, consequence] = words[verb];
  const work = {
    rotate: async () => onDone(await access.rotateKey(accessKeyId)),
    disable: async () => onDone(void (await access.setKeyActive(accessKeyId, false))),
    enable: async () => onDone(void (await access.setKeyActive(accessKeyId, true))),
    delete: async () => onDone(void (await access.deleteKey(accessKeyId))),
  };
  return (
    <Dialog title={`${label} ${accessKeyId}`} onClose={onClose}>
      <ActionForm
        submit={work[verb]}
        command={accessCommand('key', verb, accessKeyId)}
        commandTitle={onTheServer}
        action={label}
        danger={verb !== 'enable'}
        onCancel={onClose}
      >
        <p>{consequence}</p>
      </ActionForm>
    </Dialog>
  );
}

function MadeKey({ made, onClose }: { made: NewKey; onClose: () => void }) {
  const { facts } = useSession();
  const { accessKeyId, secretAccessKey, userName } = made;
  const profile = `[proscenium]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = ${facts.region}\nendpoint_url = ${location.origin}\n`;
  return (
    <Dialog title={`Key of ${userName}`} onClose={onClose} wide>
      <div class="form">
        <p class="notice">The secret is not shown again.</p>
        <Facts
          rows={[
            ['Access key id', <Copyable key="id" text={accessKeyId} label="access key id" />],
            ['Secret access key', <Copyable key="secret" text={secretAccessKey} label="secret access key" />],
          ]}
        />
        <p class="actions">
          <CopyButton text={profile} label="Copy as a profile for ~/.aws/credentials" />
        </p>
        <p class="actions end">
          <button type="button" class="button primary" onClick={onClose}>
            Done
          </button>
        </p>
      </div>
    </Dialog>
  );
}
