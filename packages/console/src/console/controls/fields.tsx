import type { ComponentChildren } from 'preact';
import { Field } from './field.tsx';

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
  /** What a text is to be like that does not fit the pattern. */
  readonly patternWords?: string;
  readonly maxLength?: number;
  readonly code?: boolean;
  readonly autoFocus?: boolean;
}

/** A line of text. */
export function TextField({ label, hint, patternWords, value, onValue, code, autoFocus, ...rest }: InputProps) {
  return (
    <Field label={label} hint={hint} patternWords={patternWords}>
      {(control, touch) => (
        <input
          {...control}
          {...rest}
          type="text"
          class={code ? 'code' : ''}
          value={value}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          data-autofocus={autoFocus || undefined}
          onInput={({ currentTarget }) => {
            touch();
            onValue(currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}

type NameProps = Pick<InputProps, 'value' | 'onValue' | 'autoFocus'>;

/** The name of a resource, by the rule that all of them have. */
export function NameField(props: NameProps) {
  return (
    <TextField
      {...props}
      label="Name"
      hint="Letters, digits, - and _. It may be left out."
      pattern="[a-zA-Z0-9\-_]*"
      patternWords="A name has letters from a to z, digits, - and _ alone."
      maxLength={128}
    />
  );
}

/** A secret, which is not shown. */
export function SecretField({ label, value, onValue }: Pick<InputProps, 'label' | 'value' | 'onValue'>) {
  return (
    <Field label={label}>
      {(control, touch) => (
        <input
          {...control}
          type="password"
          class="code"
          required
          value={value}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            touch();
            onValue(currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}

interface NumberProps extends FieldProps {
  readonly value: number | undefined;
  readonly onValue: (value: number | undefined) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | 'any';
  readonly placeholder?: string;
  readonly required?: boolean;
}

/** A number, or none. */
export function NumberField({ label, hint, value, onValue, ...rest }: NumberProps) {
  return (
    <Field label={label} hint={hint}>
      {(control, touch) => (
        <input
          {...control}
          {...rest}
          type="number"
          value={value ?? ''}
          onInput={({ currentTarget }) => {
            touch();
            onValue(currentTarget.value === '' ? undefined : currentTarget.valueAsNumber);
          }}
        />
      )}
    </Field>
  );
}

interface SelectProps extends FieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly required?: boolean;
}

export function SelectField({ label, hint, value, onValue, options, required }: SelectProps) {
  return (
    <Field label={label} hint={hint}>
      {(control, touch) => (
        <select
          {...control}
          required={required}
          value={value}
          onChange={({ currentTarget }) => {
            touch();
            onValue(currentTarget.value);
          }}
        >
          {options.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckProps extends FieldProps {
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
}

export function CheckField({ label, hint, checked, onChecked }: CheckProps) {
  return (
    <Field label={label} hint={hint} isCheck>
      {(control) => (
        <input
          {...control}
          type="checkbox"
          checked={checked}
          onChange={({ currentTarget }) => onChecked(currentTarget.checked)}
        />
      )}
    </Field>
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
  return (
    <Field label={label} hint={hint}>
      {(control, touch) => (
        <textarea
          {...control}
          {...rest}
          class="code"
          value={value}
          spellcheck={false}
          onInput={({ currentTarget }) => {
            touch();
            onValue(currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}

/** Names with values, one `name=value` a line. */
export function PairsField({ label, hint, value, onValue }: Omit<TextAreaProps, 'rows'>) {
  const more = hint ?? 'One name=value a line.';
  return <TextAreaField label={label} hint={more} value={value} onValue={onValue} rows={2} placeholder="name=value" />;
}

/** Tags of something that is to be made, out of the way until they are wanted. */
export function TagsField({ value, onValue }: Pick<TextAreaProps, 'value' | 'onValue'>) {
  return (
    <details class="more">
      <summary>Tags</summary>
      <PairsField label="Tags" value={value} onValue={onValue} />
    </details>
  );
}
