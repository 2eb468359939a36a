// All accounts, and what an admin does to them.
import { useState } from 'preact/hooks';
import { ask, session } from '../../api/client.ts';
import { usePages } from '../../api/resource.ts';
import type { Account } from '../../api/types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { confirm } from '../../parts/confirmation.tsx';
import { More } from '../../parts/more.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { EditAccount } from './edit-account.tsx';

export function AccountsCard() {
  const pages = usePages<Account>('/accounts');
  const [edited, setEdited] = useState<Account | null>(null);
  const columns: readonly Column<Account>[] = [
    { title: 'E-mail', cell: ({ email }) => <strong class="break">{email}</strong> },
    {
      title: 'Role',
      cell: ({ role }) => (role === 'admin' ? <Badge tone="accent">Admin</Badge> : <Badge>Member</Badge>),
    },
    { title: 'State', cell: ({ enabled }) => (enabled ? 'Enabled' : <Badge tone="warn">Disabled</Badge>) },
    { title: 'Since', cell: ({ createdAtMs }) => <Time atMs={createdAtMs} /> },
    {
      title: '',
      end: true,
      cell: (account) => (
        <span class="row">
          <Button look="small" onClick={() => setEdited(account)}>
            Change
          </Button>
          {account.id !== session.value?.account.id && (
            <Button look="small danger" onClick={() => askToDelete(account, pages.reload)}>
              Delete
            </Button>
          )}
        </span>
      ),
    },
  ];
  return (
    <Card flush title="Accounts">
      {pages.problem && <ProblemNotice problem={pages.problem} again={() => void pages.reload()} />}
      <Table label="Accounts" columns={columns} rows={pages.items} keyOf={({ id }) => id} empty={null} />
      <More pages={pages} />
      {edited && (
        <EditAccount
          account={edited}
          onClose={() => setEdited(null)}
          onChanged={() => {
            setEdited(null);
            void pages.reload();
          }}
        />
      )}
    </Card>
  );
}

function askToDelete({ id, email }: Account, reload: () => Promise<void>): void {
  confirm({
    title: `Delete ${email}?`,
    text: 'Its memberships, tokens and sessions go with it. An account that owns apps can only be disabled.',
    action: 'Delete the account',
    typed: email,
    run: async () => {
      await ask('DELETE', `/accounts/${encodeURIComponent(id)}`);
      await reload();
    },
    done: 'The account is deleted',
  });
}
