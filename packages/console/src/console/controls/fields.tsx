import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
}

interface InputProps extends FieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly code?: boolean;
  readonly autoFocus?: boolean;
}

/** A line of text. */
export function TextField({ label, hint, value, onValue, code, autoFocus, ...rest }: InputProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        {...rest}
        type="text"
        class={code ? 'code' : ''}
        value={value}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        data-autofocus={autoFocus || undefined}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

/** A secret, which is not shown. */
export function SecretField({
  label,
  value,
  onValue,
}: {
  label: string;
  value: string;
  onValue: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="password"
        class="code"
        required
        value={value}
        autocomplete="off"
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
    </div>
  );
}

interface NumberProps extends FieldProps {
  readonly value: number | undefined;
  readonly onValue: (value: number | undefined) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | 'any';
  readonly placeholder?: string;
}

/** A number, or none. */
export function NumberField({ label, hint, value, onValue, ...rest }: NumberProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        {...rest}
        type="number"
        value={value ?? ''}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={({ currentTarget }) => onValue(currentTarget.value === '' ? undefined : currentTarget.valueAsNumber)}
      />
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

interface SelectProps extends FieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly required?: boolean;
}

export function SelectField({ label, hint, value, onValue, options, required }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        required={required}
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={({ currentTarget }) => onValue(currentTarget.value)}
      >
        {options.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

interface CheckProps extends FieldProps {
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
}

export function CheckField({ label, hint, checked, onChecked }: CheckProps) {
  const id = useId();
  return (
    <div class="field check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={({ currentTarget }) => onChecked(currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

interface TextAreaProps extends FieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly rows?: number;
  readonly required?: boolean;
  readonly placeholder?: string;
}

export function TextAreaField({ label, hint, value, onValue, ...rest }: TextAreaProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        {...rest}
        class="code"
        value={value}
        spellcheck={false}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

/** Names with values, one `name=value` a line. */
export function PairsField({ label, hint, value, onValue }: Omit<TextAreaProps, 'rows'>) {
  const more = hint ?? 'One name=value a line.';
  return <TextAreaField label={label} hint={more} value={value} onValue={onValue} rows={2} placeholder="name=value" />;
}

function Hint({ id, children }: { id: string; children: ComponentChildren }) {
  return children ? (
    <small id={`${id}-hint`} class="hint">
      {children}
    </small>
  ) : null;
}
