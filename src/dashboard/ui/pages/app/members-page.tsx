// Who sees and manages one app.
import { useState } from 'preact/hooks';
import { appPath, ask, type Problem, problemOfError } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import type { AppRole, List, MadeInvitation, Member } from '../../api/types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Choice } from '../../parts/choice.tsx';
import { confirm } from '../../parts/confirmation.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Field } from '../../parts/field.tsx';
import { LinkOnce } from '../../parts/link-once.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { attempt } from '../../parts/toasts.tsx';
import { useAppScope } from './app-scope.ts';

const ROLES = [
  ['view', 'Views: sees everything but secrets'],
  ['manage', 'Manages: changes, publishes, sees secrets'],
] as const;

export function MembersPage() {
  const { app, mayChange } = useAppScope();
  const members = useResource<List<Member>>(appPath(app.id, 'members'));
  return (
    <Page title="Members" about="Who sees and who manages this app. Admins do both, whether they are listed or not.">
      {app.origin === 'configuration' && (
        <Notice>This app is one of the configuration; only admins see it, and it has no members.</Notice>
      )}
      {members.problem && <ProblemNotice problem={members.problem} again={() => void members.reload()} />}
      <Card flush>
        <Table
          label="Members"
          columns={columnsOf(app.id, mayChange, members.reload)}
          rows={members.value?.items}
          keyOf={({ account }) => account}
          empty={<Empty title="No members">Only admins see this app.</Empty>}
        />
      </Card>
      {mayChange && <AddMember app={app.id} onAdded={members.reload} />}
    </Page>
  );
}

function columnsOf(app: string, mayChange: boolean, reload: () => Promise<void>): readonly Column<Member>[] {
  const columns: readonly Column<Member>[] = [
    { title: 'E-mail', cell: ({ email }) => <strong class="break">{email}</strong> },
    {
      title: 'Role',
      cell: ({ role, isOwner }) => (
        <span class="row">
          {role === 'manage' || isOwner ? <Badge tone="accent">Manages</Badge> : <Badge>Views</Badge>}
          {isOwner && <Badge>Owner</Badge>}
        </span>
      ),
    },
  ];
  if (!mayChange) return columns;
  return [
    ...columns,
    { title: '', end: true, cell: (member) => <MemberActions app={app} member={member} reload={reload} /> },
  ];
}

interface MemberActionsProps {
  readonly app: string;
  readonly member: Member;
  readonly reload: () => Promise<void>;
}

function MemberActions({ app, member: { account, email, role, isOwner }, reload }: MemberActionsProps) {
  if (isOwner) return null;
  const path = appPath(app, 'members', account);
  const other: AppRole = role === 'manage' ? 'view' : 'manage';
  const change = async (): Promise<void> => {
    await attempt(async () => {
      await ask('PUT', path, { body: { role: other } });
      await reload();
    }, 'The role is changed');
  };
  const askToRemove = (): void =>
    confirm({
      title: `Remove ${email}?`,
      text: 'The account stays, but does not see this app any more.',
      action: 'Remove',
      run: async () => {
        await ask('DELETE', path);
        await reload();
      },
      done: 'The membership is ended',
    });
  return (
    <div class="row">
      <Button look="small" onClick={() => void change()}>
        {other === 'manage' ? 'Let manage' : 'Only view'}
      </Button>
      <Button look="small danger" onClick={askToRemove}>
        Remove
      </Button>
    </div>
  );
}

function AddMember({ app, onAdded }: { readonly app: string; readonly onAdded: () => Promise<void> }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<string>('view');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await ask('POST', appPath(app, 'members'), { body: { email: email.trim(), role } });
      setEmail('');
      setProblem(null);
      await onAdded();
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  const invite = async (): Promise<void> => {
    await attempt(async () => {
      setUrl((await ask<MadeInvitation>('POST', appPath(app, 'invitations'), { body: { role } })).url);
    }, 'The link is made');
  };
  return (
    <Card title="Add somebody">
      <form class="stack" onSubmit={(event) => void add(event)}>
        <div class="pair">
          <Field label="E-mail of an account" type="email" required value={email} onChange={setEmail} />
          <Choice label="Role" value={role} options={ROLES} onChange={setRole} />
        </div>
        {problem && <ProblemNotice problem={problem} />}
        <div class="row">
          <Button type="submit" look="primary">
            Add
          </Button>
          <Button onClick={() => void invite()}>Invite by a link instead</Button>
          <span class="hint">A link makes an account for somebody who has none.</span>
        </div>
      </form>
      {url && <LinkOnce url={url} onClose={() => setUrl(null)} />}
    </Card>
  );
}
