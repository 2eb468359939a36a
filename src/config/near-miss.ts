// Finds the name that somebody probably meant.

/** A question to append to "unknown …", or nothing when no known name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = letters(name);
  let nearest = '';
  // A third of the letters may differ; beyond that a guess helps nobody.
  let least = Math.max(1, Math.floor(meant.length / 3)) + 0.5;
  for (const candidate of known) {
    const distance = editDistance(meant, letters(candidate));
    if (distance >= least) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest === '' ? '' : `; did you mean ${nearest}?`;
}

// `max_connections`, `max-connections` and `MAXCONNECTIONS` all mean `maxConnections`. A name of a thousand letters is
// no slip of the finger, and comparing it would only take time.
function letters(name: string): string {
  return name.slice(0, 60).replaceAll(/[-_]/g, '').toLowerCase();
}

/** How many letters must be added, dropped, changed or swapped with their neighbour to make one text of the other. */
export function editDistance(from: string, to: string): number {
  let last: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = at(row, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swap = isSwap ? at(last, j - 2) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(change, swap, at(row, j) + 1, at(next, j - 1) + 1));
    }
    last = row;
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
