// The requests that backends have named, for as long as they may send them again.
import type { Clock, Once, Published } from '../engine/ports.ts';

/** Of all apps. With more than so many at once, those that were first to come are forgotten early. */
const MOST_KEYS = 100_000;

interface Entry {
  readonly digest: string;
  readonly untilMs: number;
}

export interface OnceKeys {
  /** Notes the request; null when it has not been sent before. */
  enter(app: string, once: Once): Exclude<Published, 'sent'> | null;
}

export function memoryOnce(clock: Pick<Clock, 'now'>): OnceKeys {
  // In the order in which they came. Nearly all are kept equally long, so the first ones are the first to go.
  const entries = new Map<string, Entry>();
  return {
    enter(app, { key, digest, keptSeconds }) {
      const nowMs = clock.now();
      for (const [name, { untilMs }] of entries) {
        if (untilMs > nowMs && entries.size < MOST_KEYS) break;
        entries.delete(name);
      }
      // An app id has no slash, so keys of two apps never meet.
      const name = `${app}/${key}`;
      const known = entries.get(name);
      if (known !== undefined && known.untilMs > nowMs) return known.digest === digest ? 'again' : 'conflict';
      entries.set(name, { digest, untilMs: nowMs + keptSeconds * 1000 });
      return null;
    },
  };
}
