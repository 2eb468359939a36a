// Lists a page at a time.
import { cursorOf } from './fields.ts';

const DEFAULT_ROWS = 50;

/** @param cursor as the schema has opened it: the id of the last row of the page before. */
interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface PageOfRows {
  readonly limit: number;
  readonly after: string | undefined;
}

export const OTHER_LIST = 'The cursor is of another list.';

/** Where rows are numbered, the cursor of another list would mean nothing to the database. */
export function isNumberCursor(cursor: string | undefined): boolean {
  return cursor === undefined || /^\d{1,15}$/.test(cursor);
}

/** @param read reads at most so many rows after that id. @param idOf the id of a row, as `read` understands it. */
export async function readPage<Row, View>(
  { limit = DEFAULT_ROWS, cursor }: PageQuery,
  read: (page: PageOfRows) => Promise<readonly Row[]>,
  idOf: (row: Row) => string,
  view: (row: Row) => View,
): Promise<{ readonly items: readonly View[]; readonly next: string | null }> {
  // One more, to know whether there is a next page.
  const rows = await read({ limit: limit + 1, after: cursor });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(view), next: last === undefined ? null : cursorOf(idOf(last)) };
}
