// The single values of a nested one, each with its path: what is printed, and what has a source.

export type Leaf = readonly [path: string, value: unknown];

/** A list counts as one value unless it holds objects. The value must have an end, as checked configurations do. */
export function leavesOf(value: unknown, path: string): readonly Leaf[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  if (!Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, member]) => leavesOf(member, path === '' ? name : `${path}.${name}`));
  }
  if (!value.some((item) => typeof item === 'object')) return [[path, value]];
  return value.flatMap((item, index) => leavesOf(item, `${path}[${index}]`));
}
