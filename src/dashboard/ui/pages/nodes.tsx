// The nodes of the cluster: how loaded they are, and whether they agree.

import type { NodeRow, Nodes } from '../api/live-types.ts';
import { useResource } from '../api/resource.ts';
import { plural, shownDuration, shownNumber } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import { Card } from '../parts/card.tsx';
import { Empty } from '../parts/empty.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';

const READ_MS = 2_000;
/** A node that renews its lease each second, but leads by less than this, is in trouble. */
const SHORT_LEASE_MS = 1_000;
const LONG_LAG_MS = 500;

const CLUSTERS = {
  memory: 'One node, which keeps everything in memory.',
  redis: 'Nodes that agree through Redis.',
  workers: 'Workers of one machine, which agree through their parent.',
} as const;

const COLUMNS: readonly Column<NodeRow>[] = [
  {
    title: 'Node',
    cell: ({ name, id, isSelf }) => (
      <span class="row">
        <strong title={id}>{name}</strong>
        {isSelf && <Badge tone="accent">answers this page</Badge>}
      </span>
    ),
  },
  { title: 'Version', cell: ({ version }) => version },
  { title: 'Started', cell: ({ startedAtMs }) => <Time atMs={startedAtMs} /> },
  { title: 'Connections', end: true, cell: ({ connections }) => shownNumber(connections) },
  { title: 'Lease left', end: true, cell: ({ leaseMs }) => <Measure ms={leaseMs} isBad={leaseMs < SHORT_LEASE_MS} /> },
  { title: 'Lag', end: true, cell: ({ lagMs }) => <Measure ms={lagMs} isBad={lagMs > LONG_LAG_MS} /> },
  { title: 'Repairs', end: true, cell: ({ repairs }) => shownNumber(repairs) },
];

function Measure({ ms, isBad }: { readonly ms: number; readonly isBad: boolean }) {
  return isBad ? <Badge tone="bad">{shownDuration(ms)}</Badge> : shownDuration(ms);
}

export function NodesPage() {
  const { value, problem, reload } = useResource<Nodes>('/nodes', READ_MS);
  return (
    <Page wide title="Nodes" about={value ? CLUSTERS[value.cluster] : 'Which processes serve, and how they do.'}>
      {problem && <ProblemNotice problem={problem} again={() => void reload()} />}
      {value?.absence != null && (
        <Notice tone="bad">
          <strong>The nodes cannot agree.</strong> {value.absence} Connections stay; publishes are refused with 503
          until it is back.
        </Notice>
      )}
      <Card flush title={value ? plural(value.nodes.length, 'node') : 'Nodes'}>
        <Table
          label="Nodes"
          columns={value?.cluster === 'memory' ? COLUMNS.filter(({ title }) => !/Lease|Lag/.test(title)) : COLUMNS}
          rows={value?.nodes}
          keyOf={({ id }) => id}
          empty={<Empty title="No node has reported yet">They do once a second.</Empty>}
        />
      </Card>
      <p class="hint">
        {value?.cluster !== 'memory' &&
          'A node renews its lease every second; what one whose lease has run out has held is put right by the others. Lag is how long ago it was last heard. '}
        Repairs are counts and rosters that were put right after a failure.
      </p>
    </Page>
  );
}
