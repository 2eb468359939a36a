// The name of an app.
import { useState } from 'preact/hooks';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Field } from '../../../parts/field.tsx';
import type { SettingsCardProps } from './settings-card.ts';

export function NameCard({ app, mayChange, save }: SettingsCardProps) {
  const [name, setName] = useState(app.name);
  const submit = (event: Event): void => {
    event.preventDefault();
    void save({ name: name.trim() });
  };
  return (
    <Card title="General">
      <form class="stack" onSubmit={submit}>
        <Field label="Name" required disabled={!mayChange} value={name} onChange={setName} hint="For people." />
        {mayChange && (
          <div class="row">
            <Button type="submit" disabled={name.trim() === app.name}>
              Rename
            </Button>
          </div>
        )}
      </form>
    </Card>
  );
}
