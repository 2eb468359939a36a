// Makes a personal access token, and shows it this once.
import { useState } from 'preact/hooks';
import { ask, isAdmin, type Problem, problemOfError } from '../../api/client.ts';
import type { Token } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Check } from '../../parts/check.tsx';
import { Choice } from '../../parts/choice.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';

const SCOPES: readonly (readonly [scope: string, does: string])[] = [
  ['apps:read', 'see apps, channels and members'],
  ['apps:write', 'make, change and delete apps; publish'],
  ['keys:write', 'make, retire and delete keys'],
  ['webhooks:read', 'see webhooks and deliveries'],
  ['webhooks:write', 'change webhooks, send again'],
  ['usage:read', 'see figures and the live feed'],
  ['accounts:admin', 'manage accounts (admins only)'],
];

const DAY_MS = 86_400_000;
const ENDS = [
  ['30', 'in 30 days'],
  ['90', 'in 90 days'],
  ['365', 'in a year'],
  ['', 'never'],
] as const;

interface NewTokenProps {
  readonly onMade: () => void;
  readonly onClose: () => void;
}

export function NewToken({ onMade, onClose }: NewTokenProps) {
  const [secret, setSecret] = useState<string | null>(null);
  if (secret === null) {
    return (
      <NewTokenForm
        onClose={onClose}
        onMade={(made) => {
          setSecret(made);
          onMade();
        }}
      />
    );
  }
  return (
    <Dialog title="The token is made" onClose={onClose}>
      <SecretOnce rows={[['Token', secret]]} />
      <div class="row">
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}

function NewTokenForm({ onMade, onClose }: Omit<NewTokenProps, 'onMade'> & { onMade: (secret: string) => void }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState<string>(ENDS[1][0]);
  const [scopes, setScopes] = useState<readonly string[]>(['apps:read', 'usage:read']);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const expiresAtMs = days === '' ? null : Date.now() + Number(days) * DAY_MS;
    try {
      const body = { name: name.trim(), scopes, expiresAtMs };
      onMade((await ask<{ token: Token; secret: string }>('POST', '/tokens', { body })).secret);
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  const offered = SCOPES.filter(([scope]) => isAdmin.value || scope !== 'accounts:admin');
  return (
    <Dialog title="New token" onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Field label="Name" required value={name} onChange={setName} placeholder="deploy" hint="What uses it." />
        <fieldset class="stack tight">
          <legend class="label">It may</legend>
          {offered.map(([scope, does]) => (
            <Check
              key={scope}
              checked={scopes.includes(scope)}
              onChange={(isOn) => setScopes(isOn ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
            >
              <code>{scope}</code> <span class="quiet">{does}</span>
            </Check>
          ))}
        </fieldset>
        <Choice label="It ends" value={days} options={ENDS} onChange={setDays} />
        {problem && <ProblemNotice problem={problem} />}
        <div class="row">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={scopes.length === 0}>
            Make the token
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
