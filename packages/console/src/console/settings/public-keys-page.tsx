import { useState } from 'preact/hooks';
import { CallForm } from '../controls/call-form.tsx';
import { Copyable } from '../controls/copy-button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { NameField, TagsField, TextAreaField, TextField } from '../controls/fields.tsx';
import { Section } from '../controls/page.tsx';
import { readPairs } from '../controls/pairs.ts';
import { Verbatim } from '../controls/verbatim.tsx';
import { useSession } from '../session.ts';
import { ConfigurationDetails } from './configuration-details.tsx';
import { ConfigurationList, nameOf } from './configuration-list.tsx';

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
            const { fingerprint = '', publicKeyMaterial: pem = '' } = publicKey ?? {};
            return { arn, ...(name !== undefined && { name }), fingerprint, pem };
          }),
        );
      }}
      columns={[
        { title: 'Fingerprint', cell: ({ fingerprint }) => <Copyable text={fingerprint} label="fingerprint" /> },
      ]}
      remove="DeletePublicKey"
      details={(item, onClose) => (
        <ConfigurationDetails
          operation="GetPublicKey"
          arn={item.arn}
          name={nameOf(item)}
          facts={[
            ['Fingerprint', <Copyable key="fingerprint" text={item.fingerprint} label="fingerprint" />],
            ['Key', <Verbatim key="pem" text={item.pem} />],
          ]}
          onClose={onClose}
        />
      )}
      form={(onClose) => <ImportKey onClose={onClose} />}
    >
      <RevokeToken />
    </ConfigurationList>
  );
}

function ImportKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [publicKeyMaterial, setMaterial] = useState('');
  const [tags, setTags] = useState('');
  return (
    <Dialog title="Import a public key" onClose={onClose}>
      <CallForm
        operation="ImportPublicKey"
        input={{ name, publicKeyMaterial, tags: readPairs(tags) }}
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
        <NameField value={name} onValue={setName} />
        <TagsField value={tags} onValue={setTags} />
      </CallForm>
    </Dialog>
  );
}

/** Connection tokens are signed with such a key, and are known by their own id alone. */
function RevokeToken() {
  const [tokenId, setTokenId] = useState('');
  const [revoked, setRevoked] = useState<string>();
  return (
    <Section
      title="Revoke a connection token"
      note="Whoever came by it is put out at once, and nobody else gets in by it."
    >
      <CallForm
        operation="RevokeConnectionToken"
        input={{ tokenId }}
        action="Revoke"
        danger
        onDone={() => {
          setRevoked(tokenId);
          setTokenId('');
        }}
      >
        <TextField
          label="Id of the token"
          value={tokenId}
          onValue={setTokenId}
          required
          code
          pattern="[a-zA-Z0-9\-_]{1,64}"
          patternWords="An id has letters from a to z, digits, - and _ alone."
          maxLength={64}
          hint="What stands in it as jti."
        />
        <p role="status">{revoked && `${revoked} is revoked.`}</p>
      </CallForm>
    </Section>
  );
}
