// The changes of one app.
import { appPath } from '../../api/client.ts';
import { usePages } from '../../api/resource.ts';
import type { AuditEntry } from '../../api/types.ts';
import { AuditTable } from '../../parts/audit-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Page } from '../../parts/page.tsx';
import { useAppScope } from './app-scope.ts';

export function ChangesPage() {
  const { app, mayManage } = useAppScope();
  const pages = usePages<AuditEntry>(mayManage ? appPath(app.id, 'audit') : null);
  return (
    <Page title="Changes" about={`What was changed about ${app.name}, and who has looked at a secret.`}>
      {mayManage ? <AuditTable pages={pages} /> : <Empty title="Only who manages the app sees its changes" />}
    </Page>
  );
}
