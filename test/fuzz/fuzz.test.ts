// Thousands of hostile inputs, some hundreds of them over real sockets. `npm run fuzz` goes on for as long as it is told.
import { afterAll, describe, expect, test } from 'bun:test';
import { printedSeed } from '../support/random.ts';
import { ATTACKS, type Attack } from './attacks.ts';
import { corpusOf, TARGETS } from './decoders.ts';
import { playAttack, playDecoders, roundSeed } from './rounds.ts';
import { Stage } from './stage.ts';

const seed = printedSeed();
const TIMEOUT_MS = 60_000;
const stage = await Stage.open({ logLevel: 'debug' });
afterAll(() => stage[Symbol.asyncDispose]());

test('[P-1.2] no decoder throws, whatever comes, and each refusal is one of the catalogue', () => {
  expect(playDecoders(seed, { count: 400, withCorpus: true }).failure).toBeNull();
});

/** Rounds that take about half a second together. */
const ROUNDS: readonly (readonly [string, number])[] = [
  ['messages', 5],
  ['frames', 15],
  ['requests', 30],
  ['bodies', 20],
  ['admin', 20],
  ['upgrades', 15],
];

describe('[P-1.2] the process lives, a bystander hears everything, and every answer is a documented one', () => {
  test.each(ROUNDS)(
    'under hostile %s',
    async (kind, rounds) => {
      for (let round = 0; round < rounds; round++) {
        const { failure } = await playAttack(stage, kind, roundSeed(seed, round));
        expect(failure).toBeNull();
      }
    },
    TIMEOUT_MS,
  );

  test('there is a test for each of them', () => {
    const kinds: Readonly<Record<string, Attack>> = ATTACKS;
    expect(ROUNDS.map(([kind]) => kind).sort()).toEqual(Object.keys(kinds).sort());
  });
});

test('every decoder has a corpus', () => {
  for (const { kind } of Object.values(TARGETS)) expect(corpusOf(kind).length).toBeGreaterThan(0);
});
