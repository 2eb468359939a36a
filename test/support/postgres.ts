// A real PostgreSQL server for tests, in a temporary directory and on a free port, with a database for each who asks.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQL } from 'bun';

const VERSIONS = '/usr/lib/postgresql';
const LONGEST_START_MS = 20_000;
const LOOK_AGAIN_MS = 20;

export interface Postgres {
  /** The address of a new, empty database. */
  emptyDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** The directory of the newest server that is installed; null when there is none. */
export function postgresDirectory(): string | null {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((one, other) => Number(other) - Number(one)) : [];
  const directories = versions.map((version) => join(VERSIONS, version, 'bin'));
  return directories.find((directory) => existsSync(join(directory, 'initdb'))) ?? null;
}

export async function startPostgres(): Promise<Postgres> {
  const programs = postgresDirectory();
  if (programs === null) throw new Error('there is no PostgreSQL; install it (Debian: apt-get install postgresql)');
  const directory = mkdtempSync(join(tmpdir(), 'vask-postgres-'));
  // PostgreSQL refuses to run as root, so then it is the user that its package has made.
  const asUser = process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  if (asUser.length > 0) run(['chown', 'postgres', directory]);
  const data = join(directory, 'data');
  run([...asUser, join(programs, 'initdb'), '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=200',
  ];
  const options = settings.flatMap((setting) => ['-c', setting]);
  const server = Bun.spawn([...asUser, join(programs, 'postgres'), '-D', data, ...options], {
    stdout: 'ignore',
    stderr: 'ignore',
    cwd: directory,
  });
  const stop = async (): Promise<void> => {
    // Fast: it ends the connections that are open instead of waiting for them.
    server.kill('SIGINT');
    await server.exited;
    rmSync(directory, { recursive: true, force: true });
  };
  const urlOf = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  try {
    await answering(urlOf('postgres'));
  } catch (error) {
    await stop();
    throw error;
  }
  let databases = 0;
  const emptyDatabase = async (): Promise<string> => {
    databases += 1;
    const name = `vask_${databases}`;
    const sql = new SQL(urlOf('postgres'), { max: 1 });
    await sql.unsafe(`create database ${name}`);
    await sql.close();
    return urlOf(name);
  };
  return { emptyDatabase, stop };
}

function run(command: readonly string[]): void {
  const { success, stderr } = Bun.spawnSync([...command], { stdout: 'ignore', stderr: 'pipe', cwd: tmpdir() });
  if (!success) throw new Error(`${command.join(' ')}: ${stderr.toString()}`);
}

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = createServer().listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}

async function answering(url: string): Promise<void> {
  const endMs = performance.now() + LONGEST_START_MS;
  for (;;) {
    const sql = new SQL(url, { max: 1, connectionTimeout: 1 });
    try {
      await sql.unsafe('select 1');
      return;
    } catch (error) {
      if (performance.now() > endMs) throw error;
    } finally {
      await sql.close();
    }
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}
