// Devices and tools that were let in by a code.
import { ask, rootUrl } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import type { Device, List } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { confirm } from '../../parts/confirmation.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';

export function DevicesCard() {
  const { value, problem, reload } = useResource<List<Device>>('/devices');
  const columns: readonly Column<Device>[] = [
    { title: 'Device', cell: ({ name }) => <strong>{name}</strong> },
    { title: 'Tool', cell: ({ client }) => client },
    { title: 'App', cell: ({ app }) => app && <code>{app}</code> },
    { title: 'Connected', cell: ({ createdAtMs }) => <Time atMs={createdAtMs} /> },
    {
      title: '',
      end: true,
      cell: (device) => (
        <Button look="small danger" onClick={() => revoke(device, reload)}>
          Revoke
        </Button>
      ),
    },
  ];
  const connect = (
    <a class="button" href={`${rootUrl}device`}>
      Enter a code
    </a>
  );
  return (
    <Card flush title="Connected devices" actions={connect}>
      {problem && <ProblemNotice problem={problem} again={() => void reload()} />}
      <Table
        label="Connected devices"
        columns={columns}
        rows={value?.items}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No devices">
            A tool such as an installer shows a code; who enters it here lets the tool have the credentials of one app.
          </Empty>
        }
      />
    </Card>
  );
}

function revoke({ id, name }: Device, reload: () => Promise<void>): void {
  confirm({
    title: `Revoke ${name}?`,
    text: 'Its token counts no more. The key pair that it was given stays valid; exchange that on the page Keys.',
    action: 'Revoke',
    run: async () => {
      await ask('DELETE', `/devices/${encodeURIComponent(id)}`);
      await reload();
    },
    done: 'The device is revoked',
  });
}
