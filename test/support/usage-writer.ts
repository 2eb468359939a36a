// A process that adds usage until it is killed, and tells each broadcast that it has kept: usage-writer.ts DIRECTORY APP.
import { NO_USAGE } from '../../src/core/usage.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { openStore } from '../../src/storage/open-store.ts';

const [dataDirectory = '', app = ''] = process.argv.slice(2);
const store = await openStore({ url: null, dataDirectory, secretKey: null });
const counts = { ...NO_USAGE, broadcasts: 1, peakConnections: 0 };
for (;;) {
  await store.usage.add([{ appId: app as AppId, span: 'day', startMs: 0, ...counts }]);
  process.stdout.write('+');
}
