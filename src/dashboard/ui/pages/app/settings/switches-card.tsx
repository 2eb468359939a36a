// The switches of an app, each saved as it is moved.
import { useId, useState } from 'preact/hooks';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { confirm } from '../../../parts/confirmation.tsx';
import { Field } from '../../../parts/field.tsx';
import { Setting, SwitchSetting } from './setting.tsx';
import type { SettingsCardProps } from './settings-card.ts';
import { SWITCHES, USER_SWITCHES } from './switches.ts';

export function SwitchesCard({ app, mayChange, save }: SettingsCardProps) {
  const { userAuthentication } = app;
  const turn = (name: string, isOn: boolean): void => {
    if (name !== 'enabled' || isOn) return void save({ [name]: isOn });
    confirm({
      title: `Disable ${app.name}?`,
      text: 'Its connections are closed with 4003 and its requests answered 403, until it is enabled again.',
      action: 'Disable',
      run: async () => {
        if (!(await save({ enabled: false }))) throw new Error('The server has not taken it; the page tells why.');
      },
      done: 'The app is disabled',
    });
  };
  return (
    <Card title="Switches">
      {SWITCHES.map(({ name, ...texts }) => (
        <SwitchSetting
          key={name}
          {...texts}
          checked={app[name]}
          disabled={!mayChange}
          onChange={(isOn) => turn(name, isOn)}
        />
      ))}
      {USER_SWITCHES.map(({ name, ...texts }) => (
        <SwitchSetting
          key={name}
          {...texts}
          checked={userAuthentication[name]}
          disabled={!mayChange}
          onChange={(isOn) => void save({ userAuthentication: { ...userAuthentication, [name]: isOn } })}
        />
      ))}
      <SignInTime app={app} mayChange={mayChange} save={save} />
      <Origins app={app} mayChange={mayChange} save={save} />
    </Card>
  );
}

function SignInTime({ app: { userAuthentication }, mayChange, save }: SettingsCardProps) {
  const id = useId();
  const change = (value: string): void =>
    void save({ userAuthentication: { ...userAuthentication, timeoutSeconds: Number(value) } });
  return (
    <Setting id={id} title="Seconds to sign in" doc="The seconds for it, where signing in is required." byDefault="20">
      <input
        id={id}
        class="input number"
        type="number"
        min={1}
        max={3600}
        value={userAuthentication.timeoutSeconds}
        disabled={!mayChange}
        onChange={(event) => change(event.currentTarget.value)}
      />
    </Setting>
  );
}

function Origins({ app, mayChange, save }: SettingsCardProps) {
  const before = app.allowedOrigins.join('\n');
  const [text, setText] = useState(before);
  return (
    <Setting
      tall
      title="Allowed origins"
      doc="Origins whose pages may connect: https://shop.example, shop.example or *.shop.example, one a line. Empty allows every origin."
      byDefault="empty"
    >
      <Field label="Allowed origins" rows={3} disabled={!mayChange} value={text} onChange={setText} />
      {mayChange && (
        <div class="row">
          <Button
            disabled={text === before}
            onClick={() => void save({ allowedOrigins: text.split('\n').flatMap((line) => line.trim() || []) })}
          >
            Save the origins
          </Button>
        </div>
      )}
    </Setting>
  );
}
