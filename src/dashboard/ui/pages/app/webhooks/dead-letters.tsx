// What could not be delivered and was given up; it can be sent again.
import { appPath, ask } from '../../../api/client.ts';
import { usePages } from '../../../api/resource.ts';
import type { DeadLetter } from '../../../api/types.ts';
import { plural } from '../../../format.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { More } from '../../../parts/more.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { type Column, Table } from '../../../parts/table.tsx';
import { Time } from '../../../parts/time.tsx';
import { attempt } from '../../../parts/toasts.tsx';

interface DeadLettersProps {
  readonly app: string;
  /** Only of this endpoint. */
  readonly webhook: string | null;
  readonly mayReplay: boolean;
}

export function DeadLetters({ app, webhook, mayReplay }: DeadLettersProps) {
  const query = webhook === null ? '' : `?webhook=${encodeURIComponent(webhook)}`;
  const pages = usePages<DeadLetter>(`${appPath(app, 'dead-letters')}${query}`);
  // Nothing was given up, which is how it should be; there is nothing to say.
  if (pages.problem === null && !pages.items?.length) return null;
  const replay = async (ids: readonly string[]): Promise<void> => {
    await attempt(async () => {
      await ask('POST', appPath(app, 'dead-letters', 'replay'), { body: { ids } });
      await pages.reload();
    }, 'It is sent again');
  };
  const columns: Column<DeadLetter>[] = [
    { title: 'Given up', cell: ({ deadAtMs }) => <Time atMs={deadAtMs} /> },
    { title: 'Since', cell: ({ sinceMs }) => <Time atMs={sinceMs} /> },
    { title: 'Holds', cell: ({ events }) => plural(events, 'event') },
    { title: 'Delivery', cell: ({ id }) => <code>{id}</code> },
  ];
  if (mayReplay) {
    columns.push({
      title: '',
      end: true,
      cell: ({ id }) => (
        <Button look="small" onClick={() => void replay([id])}>
          Send again
        </Button>
      ),
    });
  }
  const all = (
    <Button look="small" onClick={() => void replay((pages.items ?? []).map(({ id }) => id))}>
      Send all of these again
    </Button>
  );
  return (
    <Card flush title="Given up" actions={mayReplay && all}>
      {pages.problem && <ProblemNotice problem={pages.problem} again={() => void pages.reload()} />}
      <Table label="Given up" columns={columns} rows={pages.items} keyOf={({ id }) => id} empty={null} />
      <More pages={pages} />
    </Card>
  );
}
