// Rounds of fuzzing: each has a seed of its own, so that one that fails can be played again alone.
import { ATTACKS } from './attacks.ts';
import { corpusOf, nextInput, TARGETS } from './decoders.ts';
import { Dice } from './dice.ts';
import type { Stage } from './stage.ts';

export interface Failure {
  readonly kind: string;
  readonly seed: number;
  readonly error: string;
  /** What was sent in the round, bytes as in Latin-1. */
  readonly inputs: readonly string[];
}

export interface Played {
  readonly inputs: number;
  readonly failure: Failure | null;
}

const DECODED_PER_ROUND = 300;

/** Every kind of attack, in the order of a round. */
export const ORDER: readonly string[] = ['messages', 'frames', 'requests', 'bodies', 'upgrades', 'admin'];

/** The seed of the round at that place of a run. */
export function roundSeed(seed: number, round: number): number {
  return (seed + Math.imul(round, 0x9e3779b1)) >>> 0;
}

/** One attack over the wire, and whether the stage is well after it. */
export async function playAttack(stage: Stage, kind: string, seed: number): Promise<Played> {
  const inputs: string[] = [];
  const attack = ATTACKS[kind];
  if (attack === undefined) throw new Error(`There is no attack called ${kind}.`);
  try {
    await attack(stage, new Dice(seed), inputs);
    await stage.isWell();
    return { inputs: inputs.length, failure: null };
  } catch (error) {
    return { inputs: inputs.length, failure: { kind, seed, error: textOf(error), inputs } };
  }
}

/** All decoders in process, and everything that is kept when `withCorpus` says so. */
export function playDecoders(seed: number, { count = DECODED_PER_ROUND, withCorpus = false } = {}): Played {
  const dice = new Dice(seed);
  let inputs = 0;
  for (const [kind, target] of Object.entries(TARGETS)) {
    const kept = withCorpus ? corpusOf(target.kind) : [];
    for (let at = 0; at < kept.length + count; at++) {
      const input = kept[at] ?? nextInput(dice, target);
      inputs++;
      try {
        target.check(input);
      } catch (error) {
        return { inputs, failure: { kind, seed, error: textOf(error), inputs: [input] } };
      }
    }
  }
  return { inputs, failure: null };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
