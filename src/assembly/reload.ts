// The configuration has been read again while the server runs: its apps are taken up, and what cannot be is named.
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../telemetry/logger.ts';

/** What of a configuration is taken up while the server runs; the rest is for the next start. */
const TAKEN_UP: readonly (keyof Config)[] = ['apps'];

/** Tells what becomes of it. */
export function logReload(logger: Logger, before: Config, next: Config): void {
  const [old, now] = [before, next].map(({ apps }) => new Map(apps.map((app) => [app.id, app])));
  const ids = (from = old, other = now): readonly string[] => [...(from?.keys() ?? [])].filter((id) => !other?.has(id));
  const changed = [...(now ?? [])].flatMap(([id, app]) => {
    const was = old?.get(id);
    return was === undefined || isDeepStrictEqual(was, app) ? [] : [id];
  });
  logger.log('info', 'reloaded', { added: ids(now, old), changed, removed: ids(old, now) });
  const waiting = waitingFor(before, next);
  if (waiting.length > 0) logger.log('warn', 'needsRestart', { settings: waiting });
}

/** Names of the settings that are others by now. No values: a secret may be among them. */
function waitingFor(before: Config, next: Config): readonly string[] {
  const names = Object.keys(next) as (keyof Config)[];
  return names.filter((name) => !TAKEN_UP.includes(name) && !isDeepStrictEqual(before[name], next[name]));
}
