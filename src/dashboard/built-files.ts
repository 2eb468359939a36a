// The files that the build has made, read once and kept, each with its compressed forms.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

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

/** Paths from the directory, with slashes → files. Null when nothing was built there. */
export function readBuilt(directory: string): ReadonlyMap<string, BuiltFile> | null {
  // Written last, so without it a build is under way or was interrupted.
  if (statSync(join(directory, 'built'), { throwIfNoEntry: false }) === undefined) return null;
  const files = new Map<string, BuiltFile>();
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const file = join(directory, path);
    files.set(path.replaceAll('\\', '/'), {
      type,
      content: read(file) ?? new Uint8Array(),
      brotli: read(`${file}.br`),
      gzip: read(`${file}.gz`),
    });
  }
  return files;
}

function read(file: string): Uint8Array<ArrayBuffer> | null {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
  return new Uint8Array(readFileSync(file));
}
