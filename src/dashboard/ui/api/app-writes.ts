// Changes of an app that several pages offer.
import { appChanged, readApps } from './apps.ts';
import { appPath, ask } from './client.ts';
import type { App } from './types.ts';

/** @param change what is left out stays as it is. */
export async function updateApp({ id, version }: App, change: Readonly<Record<string, unknown>>): Promise<App> {
  const app = await ask<App>('PATCH', appPath(id), { body: change, version });
  appChanged(app);
  return app;
}

export async function deleteApp({ id }: App): Promise<void> {
  await ask('DELETE', appPath(id));
  await readApps();
}
