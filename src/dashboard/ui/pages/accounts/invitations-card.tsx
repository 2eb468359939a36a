// Invitations that are open, and new ones.
import { useState } from 'preact/hooks';
import { ask } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import type { Invitation, List, MadeInvitation } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/empty.tsx';
import { LinkOnce } from '../../parts/link-once.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { attempt } from '../../parts/toasts.tsx';

export function InvitationsCard() {
  const { value, problem, reload } = useResource<List<Invitation>>('/invitations');
  const [url, setUrl] = useState<string | null>(null);
  const invite = (role: Invitation['role']) => async (): Promise<void> => {
    await attempt(async () => {
      setUrl((await ask<MadeInvitation>('POST', '/invitations', { body: { role } })).url);
      await reload();
    }, 'The link is made');
  };
  const takeBack = async (id: string): Promise<void> => {
    await attempt(async () => {
      await ask('DELETE', `/invitations/${encodeURIComponent(id)}`);
      await reload();
    }, 'The invitation is taken back');
  };
  const columns: readonly Column<Invitation>[] = [
    { title: 'As', cell: ({ role, app }) => (app === null ? role : `${role}, in the app ${app}`) },
    { title: 'Made', cell: ({ createdAtMs }) => <Time atMs={createdAtMs} /> },
    { title: 'Ends', cell: ({ expiresAtMs }) => <Time atMs={expiresAtMs} /> },
    {
      title: '',
      end: true,
      cell: ({ id }) => (
        <Button look="small danger" onClick={() => void takeBack(id)}>
          Take back
        </Button>
      ),
    },
  ];
  const actions = (
    <>
      <Button onClick={() => void invite('member')()}>Invite a member</Button>
      <Button onClick={() => void invite('admin')()}>Invite an admin</Button>
    </>
  );
  return (
    <Card flush title="Invitations" actions={actions}>
      {problem && <ProblemNotice problem={problem} again={() => void reload()} />}
      <Table
        label="Invitations"
        columns={columns}
        rows={value?.items}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No invitation is open">An invitation is a link that makes one account, within a week.</Empty>
        }
      />
      {url && <LinkOnce url={url} onClose={() => setUrl(null)} />}
    </Card>
  );
}
