// Makes an app, with credentials of its own or with those that clients have from another server.
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { readApps } from '../../api/apps.ts';
import { ask, type Problem, problemOfError } from '../../api/client.ts';
import type { App, KeyPair } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Check } from '../../parts/check.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { placeOf } from '../../places.ts';

interface Made {
  readonly app: App;
  readonly keyPair: KeyPair;
}

export function NewApp({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<Made | null>(null);
  const [, navigate] = useLocation();
  if (made === null) return <NewAppForm onMade={setMade} onClose={onClose} />;
  const { app, keyPair } = made;
  const go = (): void => {
    onClose();
    navigate(placeOf(app.id, 'connect'));
  };
  return (
    <Dialog title={`${app.name} is made`} onClose={onClose}>
      <SecretOnce
        rows={[
          ['App id', app.id],
          ['Key', keyPair.key],
          ['Secret', keyPair.secret],
        ]}
      />
      <div class="row">
        <Button onClick={onClose}>Close</Button>
        <Button look="primary" onClick={go}>
          Connect a client
        </Button>
      </div>
    </Dialog>
  );
}

interface NewAppFormProps {
  readonly onMade: (made: Made) => void;
  readonly onClose: () => void;
}

function NewAppForm({ onMade, onClose }: NewAppFormProps) {
  const [name, setName] = useState('');
  const [isImport, setImport] = useState(false);
  const [id, setId] = useState('');
  const [key, setKey] = useState('');
  const [secret, setSecret] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const imported = isImport ? { id: id.trim(), keyPair: { key: key.trim(), secret: secret.trim() } } : {};
    try {
      const made = await ask<Made>('POST', '/apps', { body: { name: name.trim(), ...imported } });
      onMade(made);
      await readApps();
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  return (
    <Dialog title="New app" onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Field label="Name" required value={name} onChange={setName} placeholder="Shop" hint="For people; any name." />
        <Check checked={isImport} onChange={setImport}>
          Take over the credentials of an app at Pusher or another server, so that clients go on unchanged
        </Check>
        {isImport && (
          <>
            <Field label="App id" required value={id} onChange={setId} placeholder="1234567" />
            <Field label="Key" required value={key} onChange={setKey} />
            <Field label="Secret" required value={secret} onChange={setSecret} autocomplete="off" />
          </>
        )}
        {problem && <ProblemNotice problem={problem} />}
        <div class="row">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Make the app
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
