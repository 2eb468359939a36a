// Many rows for one statement. A statement is prepared anew for every number of rows, so only a few numbers occur.

const SIZES = [100, 10, 1] as const;

/** The items in their order, in as few lists as those sizes allow. */
export function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  let start = 0;
  for (const size of SIZES) {
    for (; items.length - start >= size; start += size) yield items.slice(start, start + size);
  }
}
