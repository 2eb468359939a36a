// A table that becomes a list of cards where it is narrow: each cell says then which column it is of.
import type { ComponentChildren } from 'preact';
import { Skeleton } from './skeleton.tsx';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers and buttons stand at the right. */
  readonly end?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined while they are read. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row) => string;
  /** Shown instead of no rows. */
  readonly empty: ComponentChildren;
}

const ROWS_BEFORE = 3;

export function Table<Row>({ label, columns, rows, keyOf, empty }: TableProps<Row>) {
  if (rows?.length === 0) return <>{empty}</>;
  return (
    <table class="table" aria-label={label} aria-busy={rows === undefined}>
      <thead>
        <tr>
          {columns.map(({ title, end }) => (
            <th key={title} scope="col" class={end ? 'end' : undefined}>
              {title === '' ? <span class="sr-only">Actions</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows === undefined
          ? Array.from({ length: ROWS_BEFORE }, (_, at) => (
              <tr key={at}>
                <td colSpan={columns.length}>
                  <Skeleton height={21} />
                </td>
              </tr>
            ))
          : rows.map((row) => <TableRow key={keyOf(row)} row={row} columns={columns} />)}
      </tbody>
    </table>
  );
}

function TableRow<Row>({ row, columns }: { readonly row: Row; readonly columns: readonly Column<Row>[] }) {
  return (
    <tr>
      {columns.map(({ title, cell, end }) => (
        <td key={title} data-label={title || undefined} class={end ? 'end number' : undefined}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}
