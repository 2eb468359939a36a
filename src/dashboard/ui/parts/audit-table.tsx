// A list of changes, newest first.
import { useAccountNames } from '../api/account-names.ts';
import type { Pages } from '../api/resource.ts';
import type { AuditEntry } from '../api/types.ts';
import { Card } from './card.tsx';
import { Empty } from './empty.tsx';
import { More } from './more.tsx';
import { ProblemNotice } from './problem-notice.tsx';
import { type Column, Table } from './table.tsx';
import { Time } from './time.tsx';

type Names = ReadonlyMap<string, string>;

function columnsOf(names: Names): readonly Column<AuditEntry>[] {
  return [
    { title: 'When', cell: ({ atMs }) => <Time atMs={atMs} /> },
    { title: 'Change', cell: ({ action }) => <code class="nowrap">{action}</code> },
    { title: 'Subject', cell: ({ subject }) => <code title={subject}>{named(subject, names)}</code> },
    {
      title: 'By',
      cell: ({ account, origin }) => (account === null ? origin : (names.get(account) ?? <code>{account}</code>)),
    },
    { title: 'Details', cell: ({ details }) => <Details details={details} /> },
  ];
}

/** An account is told by its address, where that is known. */
function named(subject: string, names: Names): string {
  const id = /^account:(.+)$/.exec(subject)?.[1];
  return names.get(id ?? '') ?? subject;
}

function Details({ details }: Pick<AuditEntry, 'details'>) {
  const entries = Object.entries(details);
  if (entries.length === 0) return null;
  const text = entries.map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return <code class="break">{text.join(', ')}</code>;
}

export function AuditTable({ pages }: { readonly pages: Pages<AuditEntry> }) {
  const names = useAccountNames();
  return (
    <>
      {pages.problem && <ProblemNotice problem={pages.problem} again={() => void pages.reload()} />}
      <Card flush>
        <Table
          label="Changes"
          columns={columnsOf(names)}
          rows={pages.items}
          keyOf={({ id }) => String(id)}
          empty={<Empty title="No changes">Whatever is changed here or by the command line will be listed.</Empty>}
        />
      </Card>
      <More pages={pages} />
    </>
  );
}
