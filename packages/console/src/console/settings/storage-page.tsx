import { useState } from 'preact/hooks';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { TextField } from '../controls/fields.tsx';
import { useSession } from '../session.ts';
import { ConfigurationList } from './configuration-list.tsx';

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
      form={(onClose) => <CreateStorage onClose={onClose} />}
    />
  );
}

function CreateStorage({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [bucketName, setBucketName] = useState('');
  return (
    <Dialog title="New storage configuration" onClose={onClose}>
      <CallForm
        operation="CreateStorageConfiguration"
        input={{ name, s3: { bucketName } }}
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
          hint="Small letters, digits, - and full stops. In the server’s own folder the bucket comes into being by itself."
          autoFocus
        />
        <TextField label="Name" value={name} onValue={setName} pattern="[a-zA-Z0-9\-_]*" maxLength={128} />
      </CallForm>
    </Dialog>
  );
}
