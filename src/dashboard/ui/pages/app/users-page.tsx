// Users who are signed in, their connections, and whom they watch.
import { appPath, ask } from '../../api/client.ts';
import type { UserRow } from '../../api/live-types.ts';
import { usePages } from '../../api/resource.ts';
import { plural } from '../../format.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { confirm } from '../../parts/confirmation.tsx';
import { Empty } from '../../parts/empty.tsx';
import { More } from '../../parts/more.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { useAppScope } from './app-scope.ts';

export function UsersPage() {
  const { app, mayManage } = useAppScope();
  const pages = usePages<UserRow>(appPath(app.id, 'users'));
  const columns: readonly Column<UserRow>[] = [
    { title: 'User', cell: ({ id }) => <strong class="break">{id}</strong> },
    { title: 'Connections', cell: ({ connections }) => <Connections connections={connections} /> },
    { title: 'Watches', cell: ({ watchlist }) => <Watchlist ids={watchlist} /> },
  ];
  const terminate: Column<UserRow> = {
    title: '',
    end: true,
    cell: (user) => (
      <Button look="small danger" onClick={() => askToTerminate(app.id, user, pages.reload)}>
        Terminate
      </Button>
    ),
  };
  return (
    <Page
      title="Users"
      about="Who has signed in with pusher.signin(), over all nodes. Members of presence channels are on the pages of those."
      actions={<Button onClick={() => void pages.reload()}>Look again</Button>}
    >
      {pages.problem && <ProblemNotice problem={pages.problem} again={() => void pages.reload()} />}
      <Card flush>
        <Table
          label="Users"
          columns={mayManage ? [...columns, terminate] : columns}
          rows={pages.items}
          keyOf={({ id }) => id}
          empty={
            <Empty title="Nobody is signed in" command="pusher.signin();">
              A connection becomes a user's when the client signs in and your backend answers its user authentication.
            </Empty>
          }
        />
      </Card>
      <More pages={pages} />
    </Page>
  );
}

function Connections({ connections }: Pick<UserRow, 'connections'>) {
  return (
    <ul>
      {connections.map(({ socketId, node, connectedAtMs, channels }) => (
        <li key={socketId}>
          <code>{socketId}</code>{' '}
          <span class="quiet">
            in {plural(channels, 'channel')}, on {node}, since <Time atMs={connectedAtMs} />
          </span>
        </li>
      ))}
    </ul>
  );
}

const SHOWN_IDS = 12;

function Watchlist({ ids }: { readonly ids: readonly string[] }) {
  if (ids.length === 0) return <span class="quiet">nobody</span>;
  const rest = ids.length - SHOWN_IDS;
  return (
    <span class="break">
      {ids.slice(0, SHOWN_IDS).join(', ')}
      {rest > 0 && ` and ${rest} more`}
    </span>
  );
}

function askToTerminate(app: string, { id, connections }: UserRow, reload: () => Promise<void>): void {
  confirm({
    title: `Terminate ${id}?`,
    text: `${plural(connections.length, 'connection')} will be closed. It is no ban: to keep the user out, let your backend refuse the sign-in first.`,
    action: 'Terminate',
    run: async () => {
      await ask('POST', appPath(app, 'users', id, 'terminate'));
      await reload();
    },
    done: 'The connections are closed',
  });
}
