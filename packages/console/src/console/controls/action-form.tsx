import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { CommandLine } from './command-line.tsx';
import { checkFields } from './field.tsx';
import { Problem } from './problem.tsx';

export interface ActionFormProps {
  /** What went wrong is shown above the button. */
  readonly submit: () => Promise<void>;
  /** Does the same in a shell. */
  readonly command: string;
  /** @default `AWS CLI command` */
  readonly commandTitle?: string;
  /** Words on the button. */
  readonly action: string;
  readonly danger?: boolean | undefined;
  readonly onCancel?: (() => void) | undefined;
  readonly children?: ComponentChildren;
}

/** A form that does one thing once at a time, and shows how it is done in a shell. */
export function ActionForm(props: ActionFormProps) {
  const { submit, command, commandTitle, action, danger, onCancel, children } = props;
  const isBusy = useRef(false);
  const [looksBusy, setLooksBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async () => {
    if (isBusy.current) return;
    isBusy.current = true;
    setLooksBusy(true);
    setError(undefined);
    try {
      await submit();
    } catch (refusal) {
      setError(refusal);
    } finally {
      isBusy.current = false;
      setLooksBusy(false);
    }
  };
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (checkFields(event.currentTarget)) void run();
      }}
    >
      {children}
      <Problem error={error} />
      <CommandLine command={command} title={commandTitle} />
      <p class="actions end">
        {onCancel && (
          <button type="button" class="button" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" class={danger ? 'button danger' : 'button primary'} aria-disabled={looksBusy}>
          {action}
        </button>
      </p>
    </form>
  );
}
