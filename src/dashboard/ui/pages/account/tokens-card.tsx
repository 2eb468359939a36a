// Personal access tokens: what programs use instead of a password.
import { useState } from 'preact/hooks';
import { ask } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import type { List, Token } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { confirm } from '../../parts/confirmation.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { NewToken } from './new-token.tsx';

export function TokensCard() {
  const { value, problem, reload } = useResource<List<Token>>('/tokens');
  const [isMaking, setMaking] = useState(false);
  const columns: readonly Column<Token>[] = [
    { title: 'Name', cell: ({ name }) => <strong>{name}</strong> },
    { title: 'May', cell: ({ scopes }) => <code class="break">{scopes.join(' ')}</code> },
    { title: 'Last used', cell: ({ lastUsedAtMs }) => <Time atMs={lastUsedAtMs} /> },
    { title: 'Ends', cell: ({ expiresAtMs }) => <Time atMs={expiresAtMs} /> },
    {
      title: '',
      end: true,
      cell: (token) => (
        <Button look="small danger" onClick={() => revoke(token, reload)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <Card flush title="Personal access tokens" actions={<Button onClick={() => setMaking(true)}>New token</Button>}>
      {problem && <ProblemNotice problem={problem} again={() => void reload()} />}
      <Table
        label="Personal access tokens"
        columns={columns}
        rows={value?.items}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No tokens" command="npx vask apps list --url URL --token TOKEN">
            A token lets a program use the admin API in your name, as far as its scopes reach.
          </Empty>
        }
      />
      {isMaking && (
        <NewToken
          onMade={() => void reload()}
          onClose={() => {
            setMaking(false);
          }}
        />
      )}
    </Card>
  );
}

function revoke({ id, name }: Token, reload: () => Promise<void>): void {
  confirm({
    title: `Revoke ${name}?`,
    text: 'Whatever uses it is refused from then on.',
    action: 'Revoke',
    run: async () => {
      await ask('DELETE', `/tokens/${encodeURIComponent(id)}`);
      await reload();
    },
    done: 'The token is revoked',
  });
}
