// The occupied channels of an app.
import { useState } from 'preact/hooks';
import { appPath } from '../../../api/client.ts';
import type { ChannelRow } from '../../../api/live-types.ts';
import { usePages } from '../../../api/resource.ts';
import { shownNumber } from '../../../format.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Choice } from '../../../parts/choice.tsx';
import { Empty } from '../../../parts/empty.tsx';
import { Field } from '../../../parts/field.tsx';
import { Link } from '../../../parts/link.tsx';
import { More } from '../../../parts/more.tsx';
import { Page } from '../../../parts/page.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { type Column, Table } from '../../../parts/table.tsx';
import { useLater } from '../../../parts/use-later.ts';
import { placeOf } from '../../../places.ts';
import { useAppScope } from '../app-scope.ts';
import { ChannelKind } from './channel-kind.tsx';

const LATER_MS = 250;

export function ChannelsPage() {
  const { app } = useAppScope();
  const [prefix, setPrefix] = useState('');
  const [sort, setSort] = useState('name');
  const asked = useLater(prefix, LATER_MS);
  const query = new URLSearchParams({ sort, ...(asked === '' ? {} : { prefix: asked }) });
  const pages = usePages<ChannelRow>(`${appPath(app.id, 'channels')}?${query}`);
  const columns: readonly Column<ChannelRow>[] = [
    {
      title: 'Channel',
      cell: ({ name }) => (
        <Link to={placeOf(app.id, 'channels', name)}>
          <strong class="break">{name}</strong>
        </Link>
      ),
    },
    { title: 'Kind', cell: ({ kind }) => <ChannelKind kind={kind} /> },
    { title: 'Subscribers', end: true, cell: ({ subscribers }) => shownNumber(subscribers) },
    { title: 'Users', end: true, cell: ({ kind, users }) => (/presence/.test(kind) ? shownNumber(users) : '–') },
  ];
  return (
    <Page
      title="Channels"
      about="Channels that somebody is subscribed to at this moment, over all nodes."
      actions={<Button onClick={() => void pages.reload()}>Look again</Button>}
    >
      <div class="pair">
        <Field label="Begins with" value={prefix} onChange={setPrefix} placeholder="presence-" type="search" />
        <Choice
          label="Order"
          value={sort}
          options={[
            ['name', 'By name'],
            ['subscribers', 'Most subscribers first'],
          ]}
          onChange={setSort}
        />
      </div>
      {pages.problem && <ProblemNotice problem={pages.problem} again={() => void pages.reload()} />}
      <Card flush>
        <Table
          label="Channels"
          columns={columns}
          rows={pages.items}
          keyOf={({ name }) => name}
          empty={
            asked === '' ? (
              <Empty title="No channel is occupied" command={`npx vask listen ${app.id} my-channel`}>
                A channel is there as soon as a client subscribes to it, and gone with its last subscriber. Subscribe
                with a client, or with this command.
              </Empty>
            ) : (
              <Empty title={`No occupied channel begins with ${asked}`} />
            )
          }
        />
      </Card>
      <More pages={pages} />
    </Page>
  );
}
