// The channels with most subscribers.
import { appPath } from '../../../api/client.ts';
import type { ChannelRow } from '../../../api/live-types.ts';
import { useResource } from '../../../api/resource.ts';
import type { Page } from '../../../api/types.ts';
import { shownNumber } from '../../../format.ts';
import { Card } from '../../../parts/card.tsx';
import { Empty } from '../../../parts/empty.tsx';
import { Link } from '../../../parts/link.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { type Column, Table } from '../../../parts/table.tsx';
import { placeOf } from '../../../places.ts';
import { ChannelKind } from '../channels/channel-kind.tsx';

const READ_MS = 5_000;
const SHOWN = 8;

export function TopChannels({ app }: { readonly app: string }) {
  const path = `${appPath(app, 'channels')}?sort=subscribers&limit=${SHOWN}`;
  const { value, problem, reload } = useResource<Page<ChannelRow>>(path, READ_MS);
  const columns: readonly Column<ChannelRow>[] = [
    {
      title: 'Channel',
      cell: ({ name }) => (
        <Link to={placeOf(app, 'channels', name)}>
          <span class="break">{name}</span>
        </Link>
      ),
    },
    { title: 'Kind', cell: ({ kind }) => <ChannelKind kind={kind} /> },
    { title: 'Subscribers', end: true, cell: ({ subscribers }) => shownNumber(subscribers) },
  ];
  return (
    <Card flush title="Top channels" actions={<Link to={placeOf(app, 'channels')}>All channels</Link>}>
      {problem && <ProblemNotice problem={problem} again={() => void reload()} />}
      <Table
        label="Top channels"
        columns={columns}
        rows={value?.items}
        keyOf={({ name }) => name}
        empty={<Empty title="No channel is occupied">They are listed as soon as clients subscribe.</Empty>}
      />
    </Card>
  );
}
