// A labelled field for text, with what is expected and what is wrong below it.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly fault?: string | null | undefined;
  readonly type?: string;
  readonly autocomplete?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly minLength?: number;
  readonly rows?: number;
  readonly list?: string;
}

export function Field({ label, value, onChange, hint, fault, rows, ...rest }: FieldProps) {
  const id = useId();
  const note = fault ?? hint;
  const attributes = {
    id,
    value,
    'aria-invalid': fault ? true : undefined,
    'aria-describedby': note ? `${id}-note` : undefined,
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => onChange(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
      </label>
      {rows === undefined ? (
        <input class="input" {...rest} {...attributes} />
      ) : (
        <textarea
          class="textarea"
          rows={rows}
          spellcheck={false}
          placeholder={rest.placeholder}
          disabled={rest.disabled}
          {...attributes}
        />
      )}
      {note && (
        <div id={`${id}-note`} class={fault ? 'fault' : 'hint'}>
          {note}
        </div>
      )}
    </div>
  );
}
