// The files that the build has made, read once and kept, each with its compressed forms.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { EMBEDDED } from './embedded.ts';

export interface BuiltFile {
  readonly type: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly brotli: Uint8Array<ArrayBuffer> | null;
  readonly gzip: Uint8Array<ArrayBuffer> | null;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
};

/**
 * Paths from the directory, with slashes → files. Null when nothing was built there. What the program has in itself goes
 * before what lies there.
 */
export function readBuilt(directory: string): ReadonlyMap<string, BuiltFile> | null {
  const places = EMBEDDED ?? placesIn(directory);
  if (places === null) return null;
  const files = new Map<string, BuiltFile>();
  for (const [path, place] of places) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const read = (at: string | undefined) => (at === undefined ? null : new Uint8Array(readFileSync(at)));
    files.set(path, {
      type,
      content: read(place) ?? new Uint8Array(),
      brotli: read(places.get(`${path}.br`)),
      gzip: read(places.get(`${path}.gz`)),
    });
  }
  return files;
}

function placesIn(directory: string): ReadonlyMap<string, string> | null {
  // Written last, so without it a build is under way or was interrupted.
  if (statSync(join(directory, 'built'), { throwIfNoEntry: false }) === undefined) return null;
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return new Map(paths.map((path) => [path.replaceAll('\\', '/'), join(directory, path)]));
}
