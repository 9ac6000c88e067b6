import type { OperationName } from '@proscenium/model';
import type { ComponentChildren } from 'preact';
import { CommandLine } from '../controls/command-line.tsx';
import { Copyable } from '../controls/copy-button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { Facts } from '../controls/page.tsx';
import { TagsEditor } from '../controls/tags-editor.tsx';
import { useSession } from '../session.ts';

interface ConfigurationDetailsProps {
  readonly operation: Extract<OperationName, `Get${string}`>;
  readonly arn: string;
  readonly name: string;
  readonly facts: readonly (readonly [name: string, value: ComponentChildren])[];
  readonly onClose: () => void;
}

/** All that there is to a configuration, and its tags. */
export function ConfigurationDetails({ operation, arn, name, facts, onClose }: ConfigurationDetailsProps) {
  const { api } = useSession();
  return (
    <Dialog title={name} onClose={onClose} wide>
      <div class="details">
        <Facts rows={[['ARN', <Copyable key="arn" text={arn} label="ARN" />], ...facts]} />
        <CommandLine command={api.command(operation, { arn })} />
        <TagsEditor arn={arn} />
      </div>
    </Dialog>
  );
}
