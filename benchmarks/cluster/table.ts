// Tables of figures that are no comparison of turns.

/** One line of a table, by the titles of its columns. */
export type Row = Readonly<Record<string, string | number>>;

export function renderRows(rows: readonly Row[]): string {
  const titles = Object.keys(rows[0] ?? {});
  const cells = [titles, ...rows.map((row) => titles.map((title) => show(row[title] ?? '')))];
  const widths = titles.map((_, at) => Math.max(...cells.map((line) => (line[at] ?? '').length)));
  const render = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [render(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(render)].join('\n');
}

function show(value: string | number): string {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value) || value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(2);
}

export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
