// Opening what is kept in SQL: migrations, the key that seals secrets, and what somebody has to mend first.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQL } from 'bun';
import { openStore, plannedMigrations, type StoreOptions } from '../../src/storage/open-store.ts';
import { ENDPOINT, NOW, newApp } from '../contract/store-stage.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';

const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

let root = '';
let directory = '';
let postgres: Postgres | undefined;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'vask-opening-'));
  postgres = await startPostgres();
}, 60_000);
beforeEach(() => {
  directory = mkdtempSync(join(root, 'data-'));
});
afterAll(async () => {
  await postgres?.stop();
  rmSync(root, { recursive: true, force: true });
});

async function openAndClose(options: StoreOptions): Promise<void> {
  await (await openStore(options)).close();
}

/** Looks into the database past the store, as somebody does who has stolen it. */
function peek(url: string | null): SQL {
  return url === null ? new SQL({ adapter: 'sqlite', filename: join(directory, 'vask.db') }) : new SQL(url);
}

for (const kind of ['SQLite', 'PostgreSQL'] as const) {
  describe(kind, () => {
    const options = async (): Promise<StoreOptions> => {
      const url = kind === 'SQLite' ? null : ((await postgres?.emptyDatabase()) ?? null);
      return { url, dataDirectory: directory, secretKey: null };
    };

    test('the migrations are planned, applied once, and then there are none', async () => {
      const given = await options();
      const planned = (await plannedMigrations(given)).map(({ name }) => name);
      expect(planned).toEqual(
        kind === 'SQLite' ? ['0002-tables', '0003-flow'] : ['0001-text', '0002-tables', '0003-flow'],
      );
      expect((await plannedMigrations(given)).map(({ name }) => name)).toEqual(planned);
      await openAndClose(given);
      expect(await plannedMigrations(given)).toEqual([]);
      await openAndClose(given);
    });

    test('of many that open a new database at once, one migrates it and makes the key', async () => {
      const given = await options();
      const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(given)));
      const app = await newApp(stores[0] ?? (await openStore(given)));
      for (const store of stores) {
        expect((await store.keys.list(app.id)).map(({ secret }) => secret)).toEqual(['hush']);
        await store.close();
      }
    });

    test('a migration that was changed afterwards, or that a newer version applied, is told', async () => {
      const given = await options();
      await openAndClose(given);
      const sql = peek(given.url);
      await sql.unsafe("update migrations set checksum = 'x' where name = '0002-tables'");
      await expect(openStore(given)).rejects.toThrow('0002-tables is not the one that was applied');
      await sql.unsafe("update migrations set name = '0999-future' where name = '0002-tables'");
      await expect(openStore(given)).rejects.toThrow('does not know (0999-future)');
      await expect(plannedMigrations(given)).rejects.toThrow('a newer version has used it');
      await sql.close();
    });

    test('a migration that fails changes nothing', async () => {
      const given = await options();
      const sql = peek(given.url);
      await sql.unsafe('create table audit (id integer)');
      await expect(openStore(given)).rejects.toThrow('the migration 0002-tables failed, and nothing was changed');
      await sql.unsafe('drop table audit');
      await sql.close();
      expect((await plannedMigrations(given)).length).toBeGreaterThan(0);
      await openAndClose(given);
    });

    test('no secret lies open in the database', async () => {
      const given = await options();
      const store = await openStore(given);
      const app = await newApp(store);
      await store.endpoints.create(app.id, 'e', ENDPOINT, NOW);
      await store.close();
      const sql = peek(given.url);
      const rows = [await sql.unsafe('select * from app_keys'), await sql.unsafe('select * from endpoints')];
      await sql.close();
      expect(JSON.stringify(rows)).toContain(`${app.id}-key`);
      expect(JSON.stringify(rows)).not.toContain('hush');
    });

    test('another key than before is told, with what to do, and so is a lost one', async () => {
      const given = await options();
      await openAndClose(given);
      const file = join(directory, 'secret.key');
      const key = readFileSync(file, 'utf8').trim();
      await openAndClose({ ...given, secretKey: key });
      const other = openStore({ ...given, secretKey: keyOf(1) });
      await expect(other).rejects.toThrow('sealed with another key than that of secretKey (VASK_SECRET_KEY)');
      rmSync(file);
      await expect(openStore(given)).rejects.toThrow(`${file} does not exist. Put the file back`);
      expect(existsSync(file)).toBe(false);
      await openAndClose({ ...given, secretKey: key });
    });
  });
}

test('what SQLite and the key are kept in is for the server alone', async () => {
  const store = await openStore({ url: null, dataDirectory: directory, secretKey: null });
  for (const name of readdirSync(directory))
    expect([name, statSync(join(directory, name)).mode & 0o077]).toEqual([name, 0]);
  expect(readdirSync(directory).sort()).toEqual(['secret.key', 'vask.db', 'vask.db-shm', 'vask.db-wal']);
  await store.close();
});

test('a key that is given is kept nowhere', async () => {
  await openAndClose({ url: null, dataDirectory: directory, secretKey: keyOf(2) });
  expect(readdirSync(directory)).not.toContain('secret.key');
});

test('no key, an address of something else, and a server that does not answer are told without a secret', async () => {
  const given = { url: null, dataDirectory: directory, secretKey: null };
  await expect(openStore({ ...given, secretKey: 'short' })).rejects.toThrow('secretKey (VASK_SECRET_KEY) is not a key');
  await expect(openStore({ ...given, url: 'mysql://u:hush@h/d' })).rejects.toThrow('not the address of a PostgreSQL');
  const unreachable = openStore({ ...given, url: 'postgres://u:hush@127.0.0.1:1/d' });
  await expect(unreachable).rejects.toThrow('cannot reach the database that databaseUrl names');
  await expect(unreachable).rejects.not.toThrow('hush');
});

test('planning makes no database', async () => {
  expect((await plannedMigrations({ url: null, dataDirectory: directory, secretKey: null })).length).toBe(2);
  expect(readdirSync(directory)).toEqual([]);
});
