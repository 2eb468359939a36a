// Lays a brotli and a gzip form beside each built file, so that the server compresses nothing itself.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

export interface Sizes {
  /** From the folder. */
  readonly path: string;
  readonly bytes: number;
  readonly compressedBytes: number;
}

const COMPRESSIBLE = /\.(html|js|css|svg|json|md)$/;

export function compressFolder(folder: string): readonly Sizes[] {
  const sizes: Sizes[] = [];
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(folder, path);
    if (!statSync(file).isFile() || !COMPRESSIBLE.test(path)) continue;
    const content = readFileSync(file);
    const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });
    writeFileSync(`${file}.br`, brotli);
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    sizes.push({ path, bytes: content.length, compressedBytes: brotli.length });
  }
  return sizes;
}
