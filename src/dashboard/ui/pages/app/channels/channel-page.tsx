// One channel: who is there, and what it remembers.
import { appPath } from '../../../api/client.ts';
import type { ChannelDetails, ChannelMember } from '../../../api/live-types.ts';
import { useResource } from '../../../api/resource.ts';
import { shownDuration, shownNumber } from '../../../format.ts';
import { Badge } from '../../../parts/badge.tsx';
import { Card } from '../../../parts/card.tsx';
import { Empty } from '../../../parts/empty.tsx';
import { Json } from '../../../parts/json.tsx';
import { Link } from '../../../parts/link.tsx';
import { Page } from '../../../parts/page.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { Skeleton } from '../../../parts/skeleton.tsx';
import { type Column, Table } from '../../../parts/table.tsx';
import { placeOf } from '../../../places.ts';
import { useAppScope } from '../app-scope.ts';
import { ChannelKind } from './channel-kind.tsx';

const READ_MS = 3_000;

const MEMBERS: readonly Column<ChannelMember>[] = [
  { title: 'User', cell: ({ id }) => <strong class="break">{id}</strong> },
  { title: 'user_info', cell: ({ info }) => <code class="break">{info}</code> },
];

export function ChannelPage({ name }: { readonly name: string }) {
  const { app, mayManage } = useAppScope();
  const { value, problem, reload } = useResource<ChannelDetails>(appPath(app.id, 'channels', name), READ_MS);
  return (
    <Page
      title={name}
      about={<Link to={placeOf(app.id, 'channels')}>All channels</Link>}
      actions={
        mayManage && (
          <Link look="button" to={`${placeOf(app.id, 'events')}?channel=${encodeURIComponent(name)}`}>
            Publish to it
          </Link>
        )
      }
    >
      {problem && <ProblemNotice problem={problem} again={() => void reload()} />}
      {value === undefined ? (
        !problem && <Skeleton height={90} lines={2} />
      ) : (
        <>
          <Facts channel={value} />
          {/presence/.test(value.kind) && <Members channel={value} />}
          {/cache/.test(value.kind) && <Cached cached={value.cached} />}
        </>
      )}
    </Page>
  );
}

function Facts({ channel: { kind, isOccupied, subscribers, users } }: { readonly channel: ChannelDetails }) {
  return (
    <Card>
      <dl class="facts">
        <dt>Kind</dt>
        <dd>
          <ChannelKind kind={kind} />
        </dd>
        <dt>State</dt>
        <dd>{isOccupied ? <Badge tone="good">Occupied</Badge> : <Badge>Vacated</Badge>}</dd>
        <dt>Subscribers</dt>
        <dd class="number">{shownNumber(subscribers)}</dd>
        {/presence/.test(kind) && (
          <>
            <dt>Users</dt>
            <dd class="number">{shownNumber(users)}</dd>
          </>
        )}
      </dl>
    </Card>
  );
}

function Members({ channel: { members, moreMembers } }: { readonly channel: ChannelDetails }) {
  return (
    <Card flush title="Members">
      <Table
        label="Members"
        columns={MEMBERS}
        rows={members}
        keyOf={({ id }) => id}
        empty={<Empty title="Nobody is here" />}
      />
      {moreMembers > 0 && <p class="empty hint">and {shownNumber(moreMembers)} more</p>}
    </Card>
  );
}

function Cached({ cached }: Pick<ChannelDetails, 'cached'>) {
  return (
    <Card title="Remembered event">
      {cached === null ? (
        <Empty title="It remembers nothing">
          The next event that the backend publishes here is kept and sent to whoever subscribes later.
        </Empty>
      ) : (
        <div class="stack">
          <dl class="facts">
            <dt>Event</dt>
            <dd>
              <code>{cached.event}</code>
            </dd>
            <dt>Forgotten in</dt>
            <dd>{shownDuration(cached.leftMs)}</dd>
          </dl>
          <Json value={cached.data} label="Data of the remembered event" />
        </div>
      )}
    </Card>
  );
}
