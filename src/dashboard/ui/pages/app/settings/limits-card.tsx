// The limits of an app, with the documentation that the server's own table has of them.
import { useId, useState } from 'preact/hooks';
import { APP_LIMITS } from '../../../../../core/limits.ts';
import type { AppLimits } from '../../../api/types.ts';
import { shownNumber } from '../../../format.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Setting } from './setting.tsx';
import type { SettingsCardProps } from './settings-card.ts';

type LimitName = keyof AppLimits;

// Object.keys forgets which names there are.
const NAMES = Object.keys(APP_LIMITS) as LimitName[];

export function LimitsCard({ app, mayChange, save }: SettingsCardProps) {
  const [typed, setTyped] = useState<Partial<Record<LimitName, string>>>({});
  const changed = NAMES.filter((name) => typed[name] !== undefined && typed[name] !== String(app.limits[name]));
  const submit = (event: Event): void => {
    event.preventDefault();
    void save({ limits: Object.fromEntries(changed.map((name) => [name, Number(typed[name])])) });
  };
  return (
    <Card title="Limits">
      <form onSubmit={submit}>
        {NAMES.map((name) => (
          <LimitSetting
            key={name}
            name={name}
            value={typed[name] ?? String(app.limits[name])}
            disabled={!mayChange}
            onChange={(value) => setTyped({ ...typed, [name]: value })}
          />
        ))}
        {mayChange && (
          <div class="row">
            <Button type="submit" look="primary" disabled={changed.length === 0}>
              Save the limits
            </Button>
            {changed.length > 0 && <Button onClick={() => setTyped({})}>Take back</Button>}
          </div>
        )}
      </form>
    </Card>
  );
}

interface LimitSettingProps {
  readonly name: LimitName;
  readonly value: string;
  readonly disabled: boolean;
  readonly onChange: (value: string) => void;
}

function LimitSetting({ name, value, disabled, onChange }: LimitSettingProps) {
  const id = useId();
  const limit = APP_LIMITS[name];
  const none = 'unlimited' in limit ? ' 0 is no limit.' : '';
  return (
    <Setting
      id={id}
      title={titleOf(name)}
      doc={`${limit.doc}${none}`}
      byDefault={limit.default === 0 && none !== '' ? 'no limit' : shownNumber(limit.default)}
    >
      <input
        id={id}
        class="input number"
        type="number"
        required
        min={limit.min}
        max={limit.max}
        value={value}
        disabled={disabled}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </Setting>
  );
}

/** `channelsPerEvent` → “Channels per event”. */
function titleOf(name: LimitName): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
