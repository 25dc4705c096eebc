import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';
import { useI18n } from '../i18n/i18n.tsx';

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly optional?: boolean;
}

interface Ids {
  readonly id: string;
  readonly describedBy: string | undefined;
}

const Field = ({
  label,
  hint,
  error,
  optional,
  children,
}: FieldProps & { children: (ids: Ids) => ComponentChildren }) => {
  const { t } = useI18n();
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = error === undefined ? undefined : `${id}-error`;
  const describedBy = [errorId, hintId].filter((each) => each !== undefined).join(' ');
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
        {optional === true ? <span class="label-note"> ({t('field.optional')})</span> : null}
      </label>
      {children({ id, describedBy: describedBy === '' ? undefined : describedBy })}
      {error === undefined ? null : (
        <p class="field-error" id={errorId} role="alert">
          {error}
        </p>
      )}
      {hint === undefined ? null : (
        <p class="hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
};

interface TextProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

type InputType = 'text' | 'url' | 'number' | 'search' | 'datetime-local';

/** Preact types the attributes of an input by its kind. */
const typed = (type: InputType): InputHTMLAttributes => {
  switch (type) {
    case 'number':
      return { type };
    case 'search':
      return { type };
    case 'url':
      return { type };
    case 'datetime-local':
      return { type };
    case 'text':
      return { type };
  }
};

interface TextFieldProps extends FieldProps, TextProps {
  readonly type?: InputType;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  /** In the font of code. */
  readonly mono?: boolean;
  readonly onBlur?: () => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}

interface TextAreaProps extends FieldProps, TextProps {
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly rows?: number;
  readonly mono?: boolean;
}

export const TextField = ({
  label,
  hint,
  error,
  optional,
  value,
  onChange,
  mono,
  type = 'text',
  ...rest
}: TextFieldProps) => (
  <Field label={label} hint={hint} error={error} {...(optional === undefined ? {} : { optional })}>
    {({ id, describedBy }) => (
      <input
        {...rest}
        {...typed(type)}
        id={id}
        class={mono === true ? 'input mono' : 'input'}
        spellcheck={false}
        autoComplete="off"
        value={value}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={describedBy}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    )}
  </Field>
);

export const TextArea = ({ label, hint, error, optional, value, onChange, mono, ...rest }: TextAreaProps) => (
  <Field label={label} hint={hint} error={error} {...(optional === undefined ? {} : { optional })}>
    {({ id, describedBy }) => (
      <textarea
        {...rest}
        id={id}
        class={mono === true ? 'input textarea mono' : 'input textarea'}
        spellcheck={false}
        value={value}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={describedBy}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    )}
  </Field>
);

interface SelectProps extends FieldProps, TextProps {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly disabled?: boolean;
}

export const Select = ({ label, hint, error, optional, value, onChange, options, disabled }: SelectProps) => (
  <Field label={label} hint={hint} error={error} {...(optional === undefined ? {} : { optional })}>
    {({ id, describedBy }) => (
      <select
        id={id}
        class="input select"
        value={value}
        disabled={disabled}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    )}
  </Field>
);

interface CheckboxProps {
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export const Checkbox = ({ label, hint, checked, disabled, onChange }: CheckboxProps) => {
  const id = useId();
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <div class="check-text">
        <label for={id}>{label}</label>
        {hint === undefined ? null : (
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
};

interface RadioGroupProps<Value extends string> {
  readonly legend: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly hint?: string }[];
}

/** One of a few choices, each with a sentence. */
export const RadioGroup = <Value extends string>({
  legend,
  value,
  onChange,
  options,
}: RadioGroupProps<Value>) => {
  const name = useId();
  return (
    <fieldset class="radios">
      <legend class="label">{legend}</legend>
      {options.map((option) => (
        <label class={`radio${option.value === value ? ' chosen' : ''}`} key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span class="check-text">
            <span>{option.label}</span>
            {option.hint === undefined ? null : <span class="hint">{option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
};
