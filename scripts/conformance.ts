// Plays the cases of RFC 6455 and writes docs/conformance.md, which a test compares with what a server really does.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageOf, playAll } from '../test/conformance/play.ts';
import { startVask } from '../test/support/server.ts';
import { ROOT } from './step.ts';

const vask = await startVask({ logLevel: 'error' });
const results = await playAll(vask.port);
await vask.stop();
writeFileSync(join(ROOT, 'docs', 'conformance.md'), pageOf(results));
console.log(`${results.length} cases played`);
