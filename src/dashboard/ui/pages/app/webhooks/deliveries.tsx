// The attempts to deliver, newest first, with what was sent and how it was answered.
import { useState } from 'preact/hooks';
import { appPath } from '../../../api/client.ts';
import { usePages } from '../../../api/resource.ts';
import type { DeliveryAttempt } from '../../../api/types.ts';
import { shownDuration } from '../../../format.ts';
import { Badge } from '../../../parts/badge.tsx';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { Empty } from '../../../parts/empty.tsx';
import { Json } from '../../../parts/json.tsx';
import { More } from '../../../parts/more.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { type Column, Table } from '../../../parts/table.tsx';
import { Time } from '../../../parts/time.tsx';

interface DeliveriesProps {
  readonly app: string;
  /** Only of this endpoint. */
  readonly webhook: string | null;
}

const FIRST_BAD_STATUS = 300;

export function Deliveries({ app, webhook }: DeliveriesProps) {
  const query = webhook === null ? '' : `?webhook=${encodeURIComponent(webhook)}`;
  const pages = usePages<DeliveryAttempt>(`${appPath(app, 'deliveries')}${query}`);
  const [shown, setShown] = useState<DeliveryAttempt | null>(null);
  const columns: readonly Column<DeliveryAttempt>[] = [
    { title: 'When', cell: ({ atMs }) => <Time atMs={atMs} /> },
    { title: 'Result', cell: (attempt) => <Result attempt={attempt} /> },
    { title: 'Attempt', end: true, cell: ({ attempt, isTest }) => (isTest ? 'test' : attempt) },
    { title: 'Took', end: true, cell: ({ durationMs }) => shownDuration(durationMs) },
    { title: 'Delivery', cell: ({ delivery }) => <code>{delivery}</code> },
    {
      title: '',
      end: true,
      cell: (attempt) => (
        <Button look="small" onClick={() => setShown(attempt)}>
          Show
        </Button>
      ),
    },
  ];
  return (
    <Card
      flush
      title="Deliveries"
      actions={
        <Button look="small" onClick={() => void pages.reload()}>
          Look again
        </Button>
      }
    >
      {pages.problem && <ProblemNotice problem={pages.problem} again={() => void pages.reload()} />}
      <Table
        label="Deliveries"
        columns={columns}
        rows={pages.items}
        keyOf={({ id }) => String(id)}
        empty={
          <Empty title="Nothing was delivered yet">Every attempt is listed here, with its body and its answer.</Empty>
        }
      />
      <More pages={pages} />
      {shown && <Shown attempt={shown} onClose={() => setShown(null)} />}
    </Card>
  );
}

function Result({ attempt: { status, error } }: { readonly attempt: DeliveryAttempt }) {
  if (status === null) return <Badge tone="bad">{error ?? 'no answer'}</Badge>;
  return <Badge tone={status < FIRST_BAD_STATUS ? 'good' : 'bad'}>{status}</Badge>;
}

function Shown({ attempt, onClose }: { readonly attempt: DeliveryAttempt; readonly onClose: () => void }) {
  return (
    <Dialog title={`Delivery ${attempt.delivery}`} onClose={onClose}>
      <Result attempt={attempt} />
      <h3>Sent</h3>
      <Json value={attempt.body} label="What was sent" />
      <h3>Answer</h3>
      {attempt.answer ? <Json value={attempt.answer} label="The answer" /> : <p class="quiet">empty</p>}
      <div class="row">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  );
}
