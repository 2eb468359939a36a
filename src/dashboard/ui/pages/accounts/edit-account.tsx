// Changes an account: role, whether it may log in, what all its apps may use together.
import { useState } from 'preact/hooks';
import { ask, type Problem, problemOfError, session } from '../../api/client.ts';
import type { Account, AccountRole } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Check } from '../../parts/check.tsx';
import { Choice } from '../../parts/choice.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { toast } from '../../parts/toasts.tsx';

interface EditAccountProps {
  readonly account: Account;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function EditAccount({ account, onChanged, onClose }: EditAccountProps) {
  const [role, setRole] = useState<AccountRole>(account.role);
  const [enabled, setEnabled] = useState(account.enabled);
  const [connections, setConnections] = useState(String(account.quotas.connections));
  const [broadcasts, setBroadcasts] = useState(String(account.quotas.broadcastsPerMonth));
  const [problem, setProblem] = useState<Problem | null>(null);
  const isSelf = account.id === session.value?.account.id;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const quotas = { connections: Number(connections), broadcastsPerMonth: Number(broadcasts) };
    const body = isSelf ? { quotas } : { role, enabled, quotas };
    try {
      await ask('PATCH', `/accounts/${encodeURIComponent(account.id)}`, { body, version: account.version });
      toast('The account is changed');
      onChanged();
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  return (
    <Dialog title={account.email} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Choice
          label="Role"
          value={role}
          disabled={isSelf}
          options={[
            ['member', 'Member: sees the own apps'],
            ['admin', 'Admin: sees and changes everything'],
          ]}
          onChange={(chosen) => setRole(chosen === 'admin' ? 'admin' : 'member')}
        />
        <Check checked={enabled} disabled={isSelf} onChange={setEnabled}>
          May log in; without this all its sessions and tokens count for nothing
        </Check>
        <Field
          label="Connections of all its apps"
          type="number"
          value={connections}
          onChange={setConnections}
          hint="0 is no limit."
        />
        <Field
          label="Broadcasts per month of all its apps"
          type="number"
          value={broadcasts}
          onChange={setBroadcasts}
          hint="0 is no limit."
        />
        {isSelf && <p class="hint">Nobody takes rights from the own account, so one admin always remains.</p>}
        {problem && <ProblemNotice problem={problem} />}
        <div class="row">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Change
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
