import { useState } from 'preact/hooks';
import { CallForm } from '../controls/call-form.tsx';
import { Copyable } from '../controls/copy-button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { TextAreaField, TextField } from '../controls/fields.tsx';
import { useSession } from '../session.ts';
import { ConfigurationList } from './configuration-list.tsx';

export function PublicKeysPage() {
  const { api } = useSession();
  return (
    <ConfigurationList
      title="Public keys"
      purpose="Checks tokens that you sign yourself."
      make="Import a key"
      ask={async () => {
        const listed = await api.list('ListPublicKeys', {}, 'publicKeys');
        return Promise.all(
          listed.map(async ({ arn = '', name }) => {
            const { publicKey } = await api.call('GetPublicKey', { arn });
            return { arn, ...(name !== undefined && { name }), fingerprint: publicKey?.fingerprint ?? '' };
          }),
        );
      }}
      columns={[
        { title: 'Fingerprint', cell: ({ fingerprint }) => <Copyable text={fingerprint} label="fingerprint" /> },
      ]}
      remove="DeletePublicKey"
      form={(onClose) => <ImportKey onClose={onClose} />}
    />
  );
}

function ImportKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [publicKeyMaterial, setMaterial] = useState('');
  return (
    <Dialog title="Import a public key" onClose={onClose}>
      <CallForm
        operation="ImportPublicKey"
        input={{ name, publicKeyMaterial }}
        action="Import"
        onCancel={onClose}
        onDone={onClose}
      >
        <TextAreaField
          label="Public key"
          value={publicKeyMaterial}
          onValue={setMaterial}
          rows={6}
          required
          placeholder="-----BEGIN PUBLIC KEY-----"
          hint="PEM, of an ECDSA key on the curve P-384. The private key stays with you."
        />
        <TextField label="Name" value={name} onValue={setName} pattern="[a-zA-Z0-9\-_]*" maxLength={128} />
      </CallForm>
    </Dialog>
  );
}
