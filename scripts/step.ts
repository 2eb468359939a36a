// One step of a check: a program that runs in the root of the tree with its output passed through, and how it ended.
import { join } from 'node:path';

export const ROOT = join(import.meta.dir, '..');

export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** The step is ended, and has failed, after this time: a program that hangs must not hang everything. */
  readonly timeoutMs: number;
}

export interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  /** Null when a signal ended the program. */
  readonly exitCode: number | null;
  readonly seconds: number;
  /** How it ended, for the list at the end. */
  readonly ending: string;
}

export async function runStep({ name, command, timeoutMs }: Step): Promise<Outcome> {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  const child = Bun.spawn([...command], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  await child.exited;
  const seconds = (performance.now() - startedAt) / 1000;
  const ending = endingOf(child, seconds * 1000 >= timeoutMs);
  console.log(`── ${name}: ${ending} after ${seconds.toFixed(1)} s`);
  return { name, passed: child.exitCode === 0, exitCode: child.exitCode, seconds, ending };
}

function endingOf(child: Bun.Subprocess, isLate: boolean): string {
  if (child.exitCode === 0) return 'passed';
  if (child.signalCode === null) return `failed with exit code ${child.exitCode}`;
  return isLate ? 'did not end in time' : `was ended by ${child.signalCode}`;
}

/** A program that npm has installed. It is a script for Node, but every one of them also runs in Bun. */
export function installed(name: string): string {
  return join(ROOT, 'node_modules', '.bin', name);
}
