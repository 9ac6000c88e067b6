import { useState } from 'preact/hooks';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { NameField, TagsField, TextField } from '../controls/fields.tsx';
import { readPairs } from '../controls/pairs.ts';
import { useSession } from '../session.ts';
import { ConfigurationDetails } from './configuration-details.tsx';
import { ConfigurationList, nameOf } from './configuration-list.tsx';

export function StoragePage() {
  const { api } = useSession();
  return (
    <ConfigurationList
      title="Storage"
      purpose="Names a bucket to which stages and compositions are recorded."
      make="New storage"
      ask={() => api.list('ListStorageConfigurations', {}, 'storageConfigurations')}
      columns={[{ title: 'Bucket', cell: ({ s3 }) => <code>{s3?.bucketName}</code> }]}
      remove="DeleteStorageConfiguration"
      details={(item, onClose) => (
        <ConfigurationDetails
          operation="GetStorageConfiguration"
          arn={item.arn}
          name={nameOf(item)}
          facts={[['Bucket', <code key="bucket">{item.s3?.bucketName}</code>]]}
          onClose={onClose}
        />
      )}
      form={(onClose) => <CreateStorage onClose={onClose} />}
    />
  );
}

function CreateStorage({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [bucketName, setBucketName] = useState('');
  const [tags, setTags] = useState('');
  return (
    <Dialog title="New storage configuration" onClose={onClose}>
      <CallForm
        operation="CreateStorageConfiguration"
        input={{ name, s3: { bucketName }, tags: readPairs(tags) }}
        action="Make it"
        onCancel={onClose}
        onDone={onClose}
      >
        <TextField
          label="Bucket"
          value={bucketName}
          onValue={setBucketName}
          required
          pattern="[a-z0-9\-.]{3,63}"
          patternWords="A bucket has 3 to 63 small letters from a to z, digits, - and full stops alone."
          maxLength={63}
          hint="Small letters, digits, - and full stops. In the server’s own folder the bucket comes into being by itself."
          autoFocus
        />
        <NameField value={name} onValue={setName} />
        <TagsField value={tags} onValue={setTags} />
      </CallForm>
    </Dialog>
  );
}
