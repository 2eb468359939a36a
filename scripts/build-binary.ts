// `npm run build:binary`: Vask as a single file, dist/vask, with the engine, the webhook thread, SQL, Lua and the dashboard
// in it. One for another platform is built by naming that as Bun does: `npm run build:binary -- --target bun-linux-arm64`.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './step.ts';

const DIST = join(ROOT, 'dist');
const DASHBOARD = join(DIST, 'dashboard');
/** The file in whose place the list of the embedded files is put. */
const EMBEDDED = /[\\/]src[\\/]dashboard[\\/]embedded\.ts$/;

/** Thread and program have to lie side by side in the file, as `new URL('./worker.ts', import.meta.url)` finds its way there. */
const ENTRIES = [join(ROOT, 'src', 'cli', 'main.ts'), join(ROOT, 'src', 'webhooks', 'worker.ts')];

/** A module that imports each built file as a file, so that Bun takes it along. */
function listOfEmbedded(): string {
  if (!existsSync(join(DASHBOARD, 'built'))) return 'export const EMBEDDED = null;';
  const paths = readdirSync(DASHBOARD, { recursive: true, encoding: 'utf8' })
    .filter((path) => path !== 'built' && statSync(join(DASHBOARD, path)).isFile())
    .sort();
  const imports = paths.map(
    (path, at) => `import file${at} from ${JSON.stringify(join(DASHBOARD, path))} with { type: 'file' };`,
  );
  const entries = paths.map((path, at) => `[${JSON.stringify(path.replaceAll('\\', '/'))}, file${at}]`);
  return `${imports.join('\n')}\nexport const EMBEDDED = new Map([${entries.join(', ')}]);`;
}

async function build(target: string | undefined, outfile: string): Promise<void> {
  mkdirSync(DIST, { recursive: true });
  // Beside its place, so that it can be moved there: whoever starts the program meanwhile gets the old one or the new one.
  const folder = mkdtempSync(join(DIST, 'binary-'));
  try {
    const { outputs } = await Bun.build({
      entrypoints: ENTRIES,
      naming: { entry: '[name].[ext]', asset: 'files/[name]-[hash].[ext]' },
      compile: {
        outfile: join(folder, 'vask'),
        // What lies about in the folder of the user is no setting of this program.
        autoloadBunfig: false,
        ...(target === undefined ? {} : { target: target as Bun.Build.CompileTarget }),
      },
      minify: { whitespace: true, syntax: true },
      // Stacks in the log name the lines of the sources.
      sourcemap: 'inline',
      plugins: [
        {
          name: 'embedded files',
          setup(builder) {
            builder.onLoad({ filter: EMBEDDED }, () => ({ contents: listOfEmbedded(), loader: 'ts' }));
          },
        },
      ],
    });
    const [program] = outputs;
    if (program === undefined) throw new Error('Bun has made no program.');
    renameSync(program.path, outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { target: { type: 'string' }, outfile: { type: 'string' } } });
const outfile = resolve(values.outfile ?? join(DIST, 'vask'));
await build(values.target, outfile);
const size = Math.round(statSync(outfile).size / 1e6);
console.log(
  `${outfile}: ${size} MB${existsSync(join(DASHBOARD, 'built')) ? '' : ', without the dashboard (npm run build)'}`,
);
