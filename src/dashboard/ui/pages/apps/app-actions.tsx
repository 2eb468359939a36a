// What can be done with an app in the list: disable, enable, delete.
import { Trash2 } from 'lucide-preact';
import { deleteApp, updateApp } from '../../api/app-writes.ts';
import { isAdmin, session } from '../../api/client.ts';
import type { App } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { confirm } from '../../parts/confirmation.tsx';
import { attempt } from '../../parts/toasts.tsx';

export function AppActions({ app }: { readonly app: App }) {
  const mayManage = isAdmin.value || app.owner === session.value?.account.id;
  if (!mayManage || app.origin === 'configuration') return null;
  return (
    <div class="row">
      {app.enabled ? (
        <Button look="small" onClick={() => disable(app)}>
          Disable
        </Button>
      ) : (
        <Button look="small" onClick={() => void attempt(() => updateApp(app, { enabled: true }), 'The app is on')}>
          Enable
        </Button>
      )}
      <Button look="small icon plain" label={`Delete ${app.name}`} onClick={() => askToDelete(app)}>
        <Trash2 size={15} aria-hidden="true" />
      </Button>
    </div>
  );
}

function disable(app: App): void {
  confirm({
    title: `Disable ${app.name}?`,
    text: 'Its connections are closed with 4003 and its requests answered 403, until it is enabled again.',
    action: 'Disable',
    run: () => updateApp(app, { enabled: false }),
    done: 'The app is disabled',
  });
}

export function askToDelete(app: App, after?: () => void): void {
  confirm({
    title: `Delete ${app.name}?`,
    text: 'Its keys, members, webhooks and figures go with it, and its connections are closed with 4001. There is no way back.',
    action: 'Delete the app',
    typed: app.name,
    run: async () => {
      await deleteApp(app);
      after?.();
    },
    done: 'The app is deleted',
  });
}
