// What some tests need beside npm packages: a browser, a C compiler, a PostgreSQL and a Redis server. They are installed
// where that is possible without asking anybody, that is as root with apt-get; else the tests that need them are skipped.
import { chromiumPath } from '../test/support/chromium.ts';
import { postgresDirectory } from '../test/support/postgres.ts';
import { redisDirectory } from '../test/support/redis.ts';
import { runStep } from './step.ts';

export interface Tool {
  readonly name: string;
  readonly packages: readonly string[];
  readonly neededFor: string;
  isThere(): boolean;
}

const TOOLS: readonly Tool[] = [
  {
    name: 'Chromium',
    packages: ['chromium'],
    neededFor: 'the tests in a browser',
    isThere: () => chromiumPath() !== null,
  },
  {
    name: 'a C compiler',
    packages: ['gcc', 'libc6-dev'],
    neededFor: "the smoke test of the benchmarks' load generator",
    isThere: compilesC,
  },
  {
    name: 'PostgreSQL server',
    packages: ['postgresql'],
    neededFor: 'the contract of the store on PostgreSQL',
    isThere: () => postgresDirectory() !== null,
  },
  {
    name: 'Redis server',
    packages: ['redis-server'],
    neededFor: 'the tests of several nodes that are one',
    isThere: () => redisDirectory() !== null,
  },
];

const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Names the tools that are still missing afterwards, having said so. */
export async function provideTools(tools = TOOLS): Promise<string[]> {
  const missing = tools.filter((tool) => !tool.isThere());
  if (missing.length > 0) await install(missing.flatMap((tool) => tool.packages));
  const stillMissing = missing.filter((tool) => !tool.isThere());
  for (const { name, packages, neededFor } of stillMissing) {
    console.log(`No ${name}: ${neededFor} will not run. Install it (Debian: apt-get install ${packages.join(' ')}).`);
  }
  return stillMissing.map(({ name }) => name);
}

async function install(packages: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0 || Bun.which('apt-get') === null) return;
  const timeoutMs = INSTALL_TIMEOUT_MS;
  const options = ['-qq', '-o', 'Dpkg::Use-Pty=0'];
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  const update = [...environment, 'apt-get', 'update', ...options];
  await runStep({ name: 'list of Debian packages', command: update, timeoutMs });
  const command = [...environment, 'apt-get', 'install', '-y', '--no-install-recommends', ...options, ...packages];
  await runStep({ name: `install ${packages.join(', ')}`, command, timeoutMs });
}

/** A compiler without the headers of the C library is no use, so it is tried out. */
function compilesC(): boolean {
  const compiler = Bun.which('cc');
  if (compiler === null) return false;
  const program = new TextEncoder().encode('#include <stdio.h>\nint main(void) { return puts("") < 0; }\n');
  return Bun.spawnSync([compiler, '-fsyntax-only', '-x', 'c', '-'], { stdin: program, stderr: 'ignore' }).success;
}
