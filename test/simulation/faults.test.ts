// Random interleavings of everything that clients do with everything that may go wrong between nodes: crashes, cuts, calls
// that wait for ever, nodes taken for gone that are not, and a ledger that loses all. SEED=… (as a failure names it) replays one,
// RUNS=… plays longer.
import { test } from 'bun:test';
import * as fc from 'fast-check';
import { type Act, CHANNELS, FaultyTheatre, SEATS, USERS } from '../support/faulty-theatre.ts';
import { expectBeliefs, expectFacts, expectNothingLeft, expectTruth } from '../support/faulty-truth.ts';

const seat = fc.nat({ max: SEATS - 1 });
const channel = fc.constantFrom(...CHANNELS);
const user = fc.constantFrom(...USERS);
const kind = <Kind extends string>(...names: Kind[]) => fc.constantFrom(...names);
const at = { node: fc.nat({ max: 3 }), pick: fc.nat({ max: 9 }) };

const CLIENTS = [
  { arbitrary: fc.record({ kind: kind('subscribe'), seat, channel, user }), weight: 12 },
  { arbitrary: fc.record({ kind: kind('unsubscribe'), seat, channel }), weight: 6 },
  { arbitrary: fc.record({ kind: kind('signIn'), seat, user, watchlist: fc.subarray([...USERS]) }), weight: 4 },
  { arbitrary: fc.record({ kind: kind('hangUp'), seat }), weight: 4 },
  { arbitrary: fc.record({ kind: kind('publish'), seat, channel }), weight: 2 },
];
const WIRES = [
  { arbitrary: fc.record({ kind: kind('carryOut', 'answer', 'hear'), ...at }), weight: 24 },
  { arbitrary: fc.record({ kind: kind('calm'), ...at }), weight: 6 },
];
const CUTS = [
  { arbitrary: fc.record({ kind: kind('cut', 'fence'), ...at }), weight: 3 },
  { arbitrary: fc.record({ kind: kind('mend'), ...at }), weight: 20 },
  { arbitrary: fc.record({ kind: kind('giveUp'), ...at }), weight: 1 },
  { arbitrary: fc.record({ kind: kind('reap'), ...at }), weight: 6 },
];
const CRASHES = [
  { arbitrary: fc.record({ kind: kind('crash'), ...at }), weight: 1 },
  { arbitrary: fc.record({ kind: kind('boot'), ...at }), weight: 4 },
  { arbitrary: fc.record({ kind: kind('reap'), ...at }), weight: 6 },
];
const LOSSES = [{ arbitrary: fc.record({ kind: kind('flush') }), weight: 1 }];

interface Weather {
  readonly name: string;
  readonly acts: readonly { readonly arbitrary: fc.Arbitrary<Act>; readonly weight: number }[];
}

const WEATHERS: readonly Weather[] = [
  { name: 'answers late', acts: [...CLIENTS, ...WIRES] },
  { name: 'crashes', acts: [...CLIENTS, ...WIRES, ...CRASHES] },
  { name: 'is cut off', acts: [...CLIENTS, ...WIRES, ...CUTS] },
  { name: 'loses everything', acts: [...CLIENTS, ...WIRES, ...CUTS, ...LOSSES] },
  { name: 'does all of that', acts: [...CLIENTS, ...WIRES, ...CUTS, ...CRASHES, ...LOSSES] },
];

async function simulate(nodes: number, acts: readonly Act[]): Promise<void> {
  const theatre = new FaultyTheatre(nodes);
  for (const act of acts) await theatre.play(act);
  await theatre.settle();
  expectTruth(theatre);
  expectBeliefs(theatre);
  expectFacts(theatre);
  await theatre.empty();
  expectNothingLeft(theatre);
  expectFacts(theatre);
}

const seed = process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) };
const numRuns = Number(process.env['RUNS'] ?? '200');

test.each(WEATHERS.flatMap(({ name, acts }) => [2, 3, 4].map((nodes) => [nodes, name, acts] as const)))(
  '[P-9.1] %d nodes agree with every client after the cluster %s',
  async (nodes, _, acts) => {
    const steps = fc.array(fc.oneof(...acts), { maxLength: 240, size: 'max' });
    await fc.assert(
      fc.asyncProperty(steps, (played) => simulate(nodes, played)),
      { numRuns, ...seed },
    );
  },
  120_000,
);
