// A process that makes apps until the database takes no more, and tells each that it was promised: app-writer.ts DIRECTORY.
import type { AppId } from '../../src/protocol/ids.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { FIELDS, NOW, newApp } from '../contract/store-stage.ts';

const [dataDirectory = ''] = process.argv.slice(2);
const store = await openStore({ url: null, dataDirectory, secretKey: null });
const { ownerId } = await newApp(store);
try {
  for (let at = 0; ; at++) {
    const id = `app-${at}` as AppId;
    await store.apps.create({ id, ownerId, ...FIELDS }, { key: `${id}-key`, secret: 's' }, NOW);
    console.log(id);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
// Reading goes on.
console.error(`apps: ${(await store.apps.list({ limit: 100_000 })).length}`);
await store.close();
