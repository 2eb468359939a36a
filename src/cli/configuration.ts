// The configuration as the server would read it, for every command that needs it.
import { readFileSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { Failure } from './failure.ts';

/** By name without the dashes; those that are not given, or are no settings' values, do not count. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

export function configuration(flags: Flags): Config {
  const texts = Object.entries(flags).filter((flag): flag is [string, string] => typeof flag[1] === 'string');
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const loaded = loadConfig({ flags: Object.fromEntries(texts), env: process.env, readFile });
  if ('config' in loaded) return loaded.config;
  throw faulty('The configuration is wrong', loaded.faults);
}

/** A failure that lists everything that is wrong. */
export function faulty(what: string, faults: readonly string[]): Failure {
  return new Failure(`${what}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}
