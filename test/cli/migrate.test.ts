// `vask migrate` as a process.
import { expect, test } from 'bun:test';
import { emptyDirectory, vask } from './vask.ts';

test('[CLI] migrate shows what it would run, runs it once, and says what it did', async () => {
  using directory = emptyDirectory();
  const options = { directory: directory.path };
  const planned = await vask(['migrate', '--dry-run'], options);
  expect(planned.code).toBe(0);
  expect(planned.out).toContain('-- 0002-tables');
  expect(planned.out).toContain('create table apps (');
  expect((await vask(['migrate'], options)).out).toBe('Applied: 0002-tables, 0003-flow\n');
  expect((await vask(['migrate'], options)).out).toBe('The database is up to date.\n');
  expect((await vask(['migrate', '--dry-run'], options)).out).toBe('-- The database is up to date.\n');
});

test('[CLI] migrate says what is wrong, and no secret', async () => {
  const unreachable = await vask(['migrate', '--database-url', 'postgres://u:hush@127.0.0.1:1/d']);
  expect(unreachable.code).toBe(1);
  expect(unreachable.err).toContain('The database cannot be used: cannot reach the database');
  const badKey = await vask(['migrate'], { env: { VASK_SECRET_KEY: 'hush' } });
  expect([badKey.code, badKey.out + badKey.err]).toEqual([
    1,
    expect.stringContaining('VASK_SECRET_KEY: must be 32 bytes in base64'),
  ]);
  for (const { out, err } of [unreachable, badKey]) expect(out + err).not.toContain('hush');
  expect((await vask(['migrate', 'now'])).code).toBe(2);
});
