import type { OperationName, RequestOf, ResponseOf } from '@proscenium/model';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Wire } from '../api/api.ts';
import { withoutBlanks } from '../api/aws-command.ts';
import { useSession } from '../session.ts';
import { CommandLine } from './command-line.tsx';
import { Problem } from './problem.tsx';

interface CallFormProps<Name extends OperationName> {
  readonly operation: Name;
  /** What the fields say now; what is blank is left out. */
  readonly input: RequestOf<Name>;
  /** Words on the button. */
  readonly action: string;
  readonly danger?: boolean;
  /** Whether a blank field takes away what was there. @default false: it is left out */
  readonly keepsBlanks?: boolean;
  readonly onDone: (answer: Wire<ResponseOf<Name>>) => void;
  readonly onCancel?: (() => void) | undefined;
  readonly children?: ComponentChildren;
}

/** A form that makes one call of the API, and shows the same call as a command. */
export function CallForm<Name extends OperationName>(props: CallFormProps<Name>) {
  const { operation, action, danger, keepsBlanks, onDone, onCancel, children } = props;
  const { api } = useSession();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const input = keepsBlanks ? props.input : withoutBlanks(props.input);
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      onDone(await api.call(operation, input));
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void submit();
      }}
    >
      {children}
      <Problem error={error} />
      <CommandLine command={api.command(operation, input)} />
      <p class="actions end">
        {onCancel && (
          <button type="button" class="button" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" class={danger ? 'button danger' : 'button primary'} aria-disabled={isBusy}>
          {action}
        </button>
      </p>
    </form>
  );
}
