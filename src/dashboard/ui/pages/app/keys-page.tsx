// The key pairs of an app: several may be good at once, so that one can be exchanged without an interruption.
import { useState } from 'preact/hooks';
import { appPath, ask } from '../../api/client.ts';
import type { Key, KeyPair } from '../../api/types.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { confirm } from '../../parts/confirmation.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { SecretOnce } from '../../parts/secret-once.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { attempt } from '../../parts/toasts.tsx';
import { type AppScopeValue, useAppScope } from './app-scope.ts';
import { Secret } from './secret.tsx';

/** Long enough to roll a new pair out everywhere. */
const OVERLAP_MS = 86_400_000;

export function KeysPage() {
  const scope = useAppScope();
  const { app, keys, mayManage, mayChange } = scope;
  const [made, setMade] = useState<KeyPair | null>(null);
  const create = async (): Promise<void> => {
    await attempt(async () => {
      const { keyPair } = await ask<{ keyPair: KeyPair }>('POST', appPath(app.id, 'keys'), { body: {} });
      setMade(keyPair);
      await keys.reload();
    }, 'The key pair is made');
  };
  return (
    <Page
      title="Keys"
      about="Clients connect with the key; the backend signs with the secret."
      actions={
        mayChange && (
          <Button look="primary" onClick={() => void create()}>
            New key pair
          </Button>
        )
      }
    >
      {app.origin === 'configuration' && (
        <Notice>The configuration keeps these keys. To change them, change it there and restart the server.</Notice>
      )}
      <Card flush>
        <Table
          label="Keys"
          columns={columnsOf(scope, mayManage)}
          rows={keys.value?.items}
          keyOf={({ key }) => key}
          empty={null}
        />
      </Card>
      {mayChange && (
        <p class="hint">
          To exchange a pair: make a new one, give it to backend and clients, then let the old one retire. Both count
          until then, and “last used” tells when nobody needs the old one any more.
        </p>
      )}
      {made && (
        <Dialog title="The key pair is made" onClose={() => setMade(null)}>
          <SecretOnce
            rows={[
              ['Key', made.key],
              ['Secret', made.secret],
            ]}
          />
          <div class="row">
            <Button look="primary" onClick={() => setMade(null)}>
              Done
            </Button>
          </div>
        </Dialog>
      )}
    </Page>
  );
}

function columnsOf({ app, keys, mayChange }: AppScopeValue, mayManage: boolean): readonly Column<Key>[] {
  const columns: Column<Key>[] = [
    {
      title: 'Key',
      cell: ({ key }) => (
        <span class="row">
          <code class="break">{key}</code>
          <CopyButton text={key} label="Copy the key" />
        </span>
      ),
    },
  ];
  if (mayManage) columns.push({ title: 'Secret', cell: ({ key }) => <Secret app={app.id} keyName={key} /> });
  columns.push(
    { title: 'Made', cell: ({ createdAtMs }) => <Time atMs={createdAtMs || null} never="–" /> },
    { title: 'Last used', cell: ({ lastUsedAtMs }) => <Time atMs={lastUsedAtMs} /> },
    { title: 'State', cell: (key) => <KeyState {...key} /> },
  );
  if (mayChange) {
    columns.push({ title: '', end: true, cell: (key) => <KeyActions app={app.id} each={key} reload={keys.reload} /> });
  }
  return columns;
}

function KeyState({ retiresAtMs }: Key) {
  if (retiresAtMs === null) return <Badge tone="good">Active</Badge>;
  if (retiresAtMs <= Date.now()) return <Badge>Retired</Badge>;
  return (
    <Badge tone="warn">
      Retires <Time atMs={retiresAtMs} />
    </Badge>
  );
}

interface KeyActionsProps {
  readonly app: string;
  readonly each: Key;
  readonly reload: () => Promise<void>;
}

function KeyActions({ app, each, reload }: KeyActionsProps) {
  const path = appPath(app, 'keys', each.key);
  const retire = async (retiresAtMs: number | null): Promise<void> => {
    await ask('PATCH', path, { body: { retiresAtMs } });
    await reload();
  };
  const askToRetire = (): void =>
    confirm({
      title: 'Retire this key in a day?',
      text: `${each.key} counts for 24 hours more. It can be taken back until then.`,
      action: 'Retire in a day',
      run: () => retire(Date.now() + OVERLAP_MS),
      done: 'The key retires in a day',
    });
  const askToDelete = (): void =>
    confirm({
      title: 'Delete this key at once?',
      text: 'Whoever still uses it can neither connect nor publish from this moment on.',
      action: 'Delete the key',
      typed: each.key,
      run: async () => {
        await ask('DELETE', path);
        await reload();
      },
      done: 'The key is deleted',
    });
  return (
    <div class="row">
      {each.retiresAtMs === null ? (
        <Button look="small" onClick={askToRetire}>
          Retire
        </Button>
      ) : (
        <Button look="small" onClick={() => void attempt(() => retire(null), 'The key stays')}>
          Keep
        </Button>
      )}
      <Button look="small danger" onClick={askToDelete}>
        Delete
      </Button>
    </div>
  );
}
