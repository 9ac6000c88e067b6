import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

/** What a control inside a field is given. */
export interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
  readonly onInvalid: (event: InvalidEvent) => void;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type InvalidEvent = { readonly currentTarget: Control; preventDefault: () => void };

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What a text that does not fit its pattern is to be like. */
  readonly patternWords?: string | undefined;
  /** A box to tick stands before its label. */
  readonly isCheck?: boolean;
  /** @param touch forgets what was wrong, since somebody works on it */
  readonly children: (control: FieldControl, touch: () => void) => ComponentChildren;
}

/** A control with its label, and below it a hint, or what is wrong with what was filled in. */
export function Field({ label, hint, patternWords, isCheck, children }: FieldProps) {
  const id = useId();
  const [fault, setFault] = useState('');
  const control: FieldControl = {
    id,
    'aria-describedby': fault || hint ? `${id}-note` : undefined,
    'aria-invalid': fault ? true : undefined,
    onInvalid: (event) => {
      // It is said below the control, where it stays, and not in a bubble.
      event.preventDefault();
      const { validity, validationMessage } = event.currentTarget;
      setFault(validity.patternMismatch && patternWords ? patternWords : validationMessage);
    },
  };
  const name = <label for={id}>{label}</label>;
  return (
    <div class={isCheck ? 'field check' : 'field'}>
      {!isCheck && name}
      {children(control, () => setFault(''))}
      {isCheck && name}
      {(fault || hint) && (
        <small id={`${id}-note`} class={fault ? 'hint fault' : 'hint'}>
          {fault || hint}
        </small>
      )}
    </div>
  );
}

/** Lets each field say what is wrong with it, and puts the focus on the first of those. @returns whether all is well */
export function checkFields(form: HTMLFormElement): boolean {
  if (form.checkValidity()) return true;
  const first = form.querySelector<HTMLElement>(':invalid:not(fieldset)');
  first?.closest('details')?.setAttribute('open', '');
  first?.focus();
  return false;
}
