import type { OperationName } from '@proscenium/model';
import { useState } from 'preact/hooks';
import { CallForm } from '../controls/call-form.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { CheckField } from '../controls/fields.tsx';

export type DeleteOperation = Extract<OperationName, `Delete${string}`>;

interface DeleteConfigurationProps {
  readonly operation: DeleteOperation;
  readonly arn: string;
  readonly name: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks once more, and deletes. */
export function DeleteConfiguration({ operation, arn, name, onClose, onDone }: DeleteConfigurationProps) {
  const [force, setForce] = useState(false);
  const input = operation === 'DeleteIngestConfiguration' && force ? { arn, force } : { arn };
  return (
    <Dialog title={`Delete ${name}`} onClose={onClose}>
      <CallForm operation={operation} input={input} action="Delete" danger onCancel={onClose} onDone={onDone}>
        <p>This cannot be undone. What uses it now must let it go first.</p>
        {operation === 'DeleteIngestConfiguration' && (
          <CheckField
            label="Even while its encoder publishes"
            hint="The encoder is cut off."
            checked={force}
            onChecked={setForce}
          />
        )}
      </CallForm>
    </Dialog>
  );
}
