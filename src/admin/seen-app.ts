// An app as the admin API sees it: one of the database, or one of the configuration, which admins may look at and nobody
// may change here.
import type { App } from '../core/app.ts';
import type { AppId } from '../protocol/ids.ts';
import type { AppRecord } from '../storage/records.ts';
import { type Problem, refuse } from './problems.ts';
import type { Site } from './site.ts';

export interface SeenApp extends Omit<AppRecord, 'ownerId'> {
  /** Null for an app of the configuration. */
  readonly ownerId: string | null;
  readonly origin: 'database' | 'configuration';
}

export function storedApp(record: AppRecord): SeenApp {
  return { ...record, origin: 'database' };
}

export function configuredApp({ settings }: App): SeenApp {
  const { keys: _keys, webhooks: _webhooks, ...fields } = settings;
  return { ...fields, ownerId: null, origin: 'configuration', version: 1, createdAtMs: 0, updatedAtMs: 0 };
}

/** The app of the configuration with that id; null when there is none. */
export function configuredById({ live }: Pick<Site, 'live'>, id: string): App | null {
  const app = live.apps.byIdOrKey(id);
  return app !== null && app.id === id && app.ownerId === null ? app : null;
}

export function isConfigured({ ownerId }: Pick<App, 'ownerId'>): boolean {
  return ownerId === null;
}

/** The app as the server works with it. */
export function runningApp({ live }: Pick<Site, 'live'>, id: AppId): App | Problem {
  const app = live.apps.byIdOrKey(id);
  return app?.id === id ? app : refuse('notFound', 'The app is not in use on this node.');
}
