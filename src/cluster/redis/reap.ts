// Undoing what a node held that is no more, or its own earlier lives: in small steps, so that Redis answers others in
// between, and each thing exactly once, whoever else does the same.
import type { Outbox } from '../../engine/ports.ts';
import type { AppId } from '../../protocol/ids.ts';
import { numberOf } from './answers.ts';
import { wantedOf } from './facts.ts';
import type { Life } from './life.ts';
import { steps } from './scripts.ts';

const THINGS_IN_ONE_STEP = 100;

export interface Reaping {
  readonly partition: number;
  /** The fenced node. */
  readonly node: string;
  /** Whether it is an earlier life of this one, on which it has a claim. */
  readonly isOwn: boolean;
}

/** Resolves when nothing is left, or when somebody else has a claim on the node. */
export async function reap(life: Life, outbox: Pick<Outbox, 'wants'>, reaping: Reaping): Promise<void> {
  const { partition, node, isOwn } = reaping;
  const wanted = new Map<string, string>();
  for (;;) {
    const args = [node, isOwn ? 1 : 0, THINGS_IN_ONE_STEP, ...[...wanted].flat()];
    const answer = await life.run(partition, steps.reap, args);
    const [hasMore, ...apps] = Array.isArray(answer) ? (answer as readonly unknown[]) : [];
    for (const app of apps) wanted.set(String(app), wantedOf(outbox, String(app) as AppId));
    if (numberOf(hasMore) === 0) return;
  }
}

/** Takes a node that looks gone for gone, in all partitions when it is so in one. */
export async function fence(life: Life, node: string, first: number): Promise<readonly number[]> {
  const isFenced = async (partition: number, isCertain: boolean): Promise<boolean> => {
    const args = [node, life.readersCommand, isCertain ? 1 : 0];
    return numberOf(await life.run(partition, steps.fence, args)) === 1;
  };
  if (!(await isFenced(first, false))) return [];
  await Promise.all(life.partitions.map((partition) => isFenced(partition, true)));
  return life.partitions;
}
