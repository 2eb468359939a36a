// `npm run build`: the front end of the dashboard and the documentation, as files that the server sends as they are. With
// --when-stale only where the sources are newer than what was built.
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressFolder, type Sizes } from './dashboard/compress.ts';
import { buildDocs, docSources } from './dashboard/docs.ts';
import { ROOT } from './step.ts';

const UI = join(ROOT, 'src', 'dashboard', 'ui');
const TARGET = join(ROOT, 'dist', 'dashboard');
/** What a browser loads for the whole dashboard; more would be felt on a slow line. */
const BUDGET_BYTES = 250_000;
/** Written last, so that a build that was interrupted is done again. */
const STAMP = join(TARGET, 'built');

async function build(): Promise<void> {
  rmSync(TARGET, { recursive: true, force: true });
  await bundle('index.html');
  const assets = await bundle(join('docs', 'docs.ts'));
  await buildDocs(join(TARGET, 'docs'), assets);
  const sizes = compressFolder(TARGET);
  const total = report(sizes);
  if (total > BUDGET_BYTES)
    throw new Error(`The dashboard has ${total} bytes compressed; ${BUDGET_BYTES} are allowed.`);
  writeFileSync(STAMP, '');
}

/** @returns the names of what was made, below `assets`. */
async function bundle(entry: string): Promise<readonly string[]> {
  const { outputs } = await Bun.build({
    entrypoints: [join(UI, entry)],
    outdir: TARGET,
    target: 'browser',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    naming: {
      entry: entry.endsWith('.html') ? '[name].[ext]' : 'assets/[name]-[hash].[ext]',
      chunk: 'assets/[name]-[hash].[ext]',
      asset: 'assets/[name]-[hash].[ext]',
    },
  });
  return outputs.map(({ path }) => path.slice(TARGET.length + 1));
}

/** @returns the compressed bytes of the dashboard; the documentation is loaded a page at a time. */
function report(sizes: readonly Sizes[]): number {
  const ofDashboard = sizes.filter(({ path }) => !/^docs\/|\/docs-/.test(path));
  for (const { path, bytes, compressedBytes } of sizes) {
    if (/\.(js|css|json)$/.test(path)) console.log(`${path}: ${bytes} bytes, ${compressedBytes} compressed`);
  }
  const total = ofDashboard.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
  console.log(`The dashboard: ${total} of at most ${BUDGET_BYTES} bytes compressed.`);
  return total;
}

function isStale(): boolean {
  if (!existsSync(STAMP)) return true;
  const builtMs = statSync(STAMP).mtimeMs;
  const shared = ['src/core/**/*.ts', 'scripts/build-dashboard.ts', 'scripts/dashboard/*.ts', 'package-lock.json'];
  const sources = ['src/dashboard/ui/**/*', ...shared].flatMap((pattern) => [
    ...new Bun.Glob(pattern).scanSync({ cwd: ROOT }),
  ]);
  return [...sources, ...docSources()].some((path) => statSync(join(ROOT, path)).mtimeMs > builtMs);
}

/** A package that was installed to run has no sources of the front end and no tools to build it, and is built already. */
function canBuild(): boolean {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const needed = ['preact', 'marked', 'minisearch'];
  return existsSync(UI) && needed.every((name) => name in devDependencies && isInstalled(name));
}

function isInstalled(name: string): boolean {
  return existsSync(join(ROOT, 'node_modules', name));
}

const whenStale = process.argv.includes('--when-stale');
if (!whenStale) await build();
else if (canBuild() && isStale()) await build();
