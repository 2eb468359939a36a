// The apps of the configuration, found by key or id. They do not change while the server runs.
import type { App } from '../core/app.ts';

export interface StaticAppStore {
  byKey(key: string): App | null;
  byIdOrKey(text: string): App | null;
  all(): readonly App[];
}

/** @param apps no two of which share an id or a key; the configuration has checked it. */
export function staticAppStore(apps: readonly App[]): StaticAppStore {
  // Maps, since an object would also know `__proto__` and `constructor`.
  const keys = new Map(apps.flatMap((app) => app.settings.keys.map(({ key }) => [key, app] as const)));
  const ids = new Map<string, App>(apps.map((app) => [app.id, app]));
  return {
    byKey: (key) => keys.get(key) ?? null,
    byIdOrKey: (text) => ids.get(text) ?? keys.get(text) ?? null,
    all: () => apps,
  };
}
