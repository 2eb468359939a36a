// Output of the commands that administrate: columns for people, JSON for programs.
import { paintFor, print, printable } from '../terminal.ts';

type Row = Readonly<Record<string, unknown>>;

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Title → what stands in the column. */
export type Columns = Readonly<Record<string, (row: Row) => string>>;

export function printTable(rows: readonly Row[], columns: Columns): void {
  const { bold } = paintFor(process.stdout);
  const cells = rows.map((row) => Object.values(columns).map((cell) => printable(cell(row))));
  const titles = Object.keys(columns);
  const widths = titles.map((title, at) => Math.max(title.length, ...cells.map((line) => line[at]?.length ?? 0)));
  const lineOf = (line: readonly string[]) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  print(bold(lineOf(titles)));
  for (const line of cells) print(lineOf(line));
}

/** Names and values below each other. */
export function printFacts(facts: Row): void {
  const { bold } = paintFor(process.stdout);
  const width = Math.max(...Object.keys(facts).map((name) => name.length)) + 2;
  for (const [name, value] of Object.entries(facts)) print(`${bold(name.padEnd(width))}${shown(value)}`);
}

export function shown(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(shown).join(', ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, member]) => `${name}=${shown(member)}`)
      .join(' ');
  }
  return printable(String(value));
}

export function shownTime(value: unknown): string {
  return typeof value === 'number' ? new Date(value).toISOString().replace(/\.\d+Z$/, 'Z') : '-';
}
