// `npm run fuzz`: hostile input against a real server and against every decoder, for as long as told.
//   --seconds N   60 unless told            --seed N   of the run; printed, and drawn when not given
//   --kind NAME --seed N --once             plays one stored failure again
// Failures are stored under test-results/fuzz; the exit code is 1 when there was one.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { storeFailure } from '../test/fuzz/corpus.ts';
import { type Failure, ORDER, type Played, playAttack, playDecoders, roundSeed } from '../test/fuzz/rounds.ts';
import { Stage } from '../test/fuzz/stage.ts';
import { ROOT } from './step.ts';

const MOST_FAILURES = 10;
const PROGRESS_MS = 10_000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    kind: { type: 'string' },
    once: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const endMs = performance.now() + Number(values.seconds) * 1_000;
const kinds = values.kind === undefined ? [...ORDER, 'decoders'] : [values.kind];
const failures: Failure[] = [];
const counts: Record<string, number> = {};

function note(kind: string, { inputs, failure }: Played): void {
  counts[kind] = (counts[kind] ?? 0) + inputs;
  if (failure === null) return;
  failures.push(failure);
  const path = storeFailure(join(ROOT, 'test-results', 'fuzz'), `${failure.kind}-${failure.seed}`, failure);
  console.log(`\n${failure.kind}, seed ${failure.seed}: ${failure.error}\n  stored in ${path}`);
}

const total = (): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

console.log(`seed ${seed}, ${values.seconds} s`);
let stage = await Stage.open({ logLevel: 'info' });
const firstMemoryBytes = stage.memoryBytes;
let toldMs = performance.now();
for (let round = 0; performance.now() < endMs && failures.length < MOST_FAILURES; round++) {
  const own = values.once ? seed : roundSeed(seed, round);
  for (const kind of kinds) {
    if (!(kind in counts)) counts[kind] = 0;
    const isWire = ORDER.includes(kind);
    const played = isWire ? await playAttack(stage, kind, own) : playDecoders(own);
    note(kind, played);
    if (!isWire || played.failure === null) continue;
    // What one failure has left behind must not be taken for another one.
    await stage[Symbol.asyncDispose]();
    stage = await Stage.open({ logLevel: 'info' });
  }
  if (values.once) break;
  if (performance.now() - toldMs < PROGRESS_MS) continue;
  toldMs = performance.now();
  console.log(`${total()} inputs, ${Math.round(stage.memoryBytes / 1e6)} MB`);
}
const lastMemoryBytes = stage.memoryBytes;
await stage[Symbol.asyncDispose]();
console.log(
  `\n${total()} inputs: ${Object.entries(counts)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ')}`,
);
console.log(
  `Memory of the server: ${Math.round(firstMemoryBytes / 1e6)} MB at first, ${Math.round(lastMemoryBytes / 1e6)} MB at last`,
);
console.log(`${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
