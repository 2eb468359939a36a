// A labelled choice of one of several.
import { useId } from 'preact/hooks';

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  /** The label is only read out. */
  readonly quiet?: boolean;
}

export function Choice({ label, value, options, onChange, disabled, quiet = false }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label class={quiet ? 'sr-only' : 'label'} for={id}>
        {label}
      </label>
      <select
        id={id}
        class="select"
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each} selected={each === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
