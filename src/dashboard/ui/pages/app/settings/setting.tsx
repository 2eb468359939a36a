// One setting: its name, one sentence on what it does, its default, and the control that changes it.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface SettingProps {
  readonly title: string;
  readonly doc: string;
  readonly byDefault: string;
  readonly children: ComponentChildren;
  /** The control is below, in the whole width. */
  readonly tall?: boolean;
  readonly id?: string;
}

export function Setting({ title, doc, byDefault, children, tall = false, id }: SettingProps) {
  return (
    <div class={tall ? 'setting tall' : 'setting'}>
      <div>
        <label for={id}>
          <strong>{title}</strong>
        </label>
        <div class="hint">
          {doc.replaceAll('`', '')} Default: {byDefault}.
        </div>
      </div>
      <div class="control">{children}</div>
    </div>
  );
}

interface SwitchSettingProps extends Omit<SettingProps, 'children' | 'tall' | 'id'> {
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function SwitchSetting({ checked, disabled, onChange, ...texts }: SwitchSettingProps) {
  const id = useId();
  return (
    <Setting {...texts} id={id}>
      <input
        id={id}
        type="checkbox"
        role="switch"
        class="switch"
        checked={checked}
        aria-checked={checked}
        disabled={disabled}
        onChange={(event) => {
          const wanted = event.currentTarget.checked;
          // It moves when the server has taken it.
          event.currentTarget.checked = checked;
          onChange(wanted);
        }}
      />
    </Setting>
  );
}
