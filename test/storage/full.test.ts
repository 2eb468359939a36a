// How many apps a database takes: what a server could not keep in memory it does not let in.
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQL } from 'bun';
import type { AppId } from '../../src/protocol/ids.ts';
import { MOST_APPS } from '../../src/storage/apps.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { FIELDS, NOW, newApp } from '../contract/store-stage.ts';

test('[A-4.10] a database takes so many apps and no more, also when many come at once, and again when one is gone', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'vask-full-'));
  const options = { url: null, dataDirectory: directory, secretKey: null };
  const [store, other] = [await openStore(options), await openStore(options)];
  try {
    const { id, ownerId } = await newApp(store);
    const sql = new SQL({ adapter: 'sqlite', filename: join(directory, 'vask.db') });
    const numbers = `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${MOST_APPS - 2})`;
    const row = "'copy-' || n, owner_id, name, enabled, settings, version, created_at_ms, updated_at_ms";
    await sql.unsafe(`insert into apps ${numbers} select ${row} from numbers, apps where id = '${id}'`);
    await sql.close();
    const add = (name: string, at = store) =>
      at.apps.create({ id: name as AppId, ownerId, ...FIELDS }, { key: `${name}-key`, secret: 's' }, NOW);
    const answers = await Promise.all([add('a'), add('b', other), add('c')]);
    expect(answers.filter((answer) => answer === 'full')).toHaveLength(2);
    const revision = await store.revision();
    expect(await add('late')).toBe('full');
    expect(await store.apps.get('late' as AppId)).toBeNull();
    expect(await store.keys.list('late' as AppId)).toEqual([]);
    expect(await store.revision()).toBe(revision);
    expect(await add(id)).toBe('taken');
    await store.apps.delete(id);
    expect(await add('late')).toMatchObject({ id: 'late' });
  } finally {
    for (const opened of [store, other]) await opened.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
