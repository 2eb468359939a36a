// Inputs that are kept: good ones to begin with, and every one that once failed. One JSON text per line.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Kind = 'messages' | 'bodies' | 'queries' | 'requests' | 'frames' | 'admin';

/** Bytes stand for themselves, as in Latin-1. */
export function readCorpus(kind: Kind): readonly string[] {
  const lines = readFileSync(join(import.meta.dir, 'corpus', `${kind}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as string);
}

/** Where a failure is stored; what it shows belongs into the corpus once it is mended. */
export function storeFailure(folder: string, name: string, failure: object): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(failure, null, 2)}\n`);
  return path;
}
