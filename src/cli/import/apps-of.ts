// Checks what an importer has made, as the configuration is checked, so that nothing comes in that could not be written
// there.
import { checkApps, reportDuplicates } from '../../config/apps.ts';
import { reportWebhookUrls } from '../../config/webhooks.ts';
import type { AppSettings } from '../../core/app.ts';
import type { Imported } from './draft.ts';

export interface CheckedImport {
  readonly apps: readonly AppSettings[];
  readonly taken: readonly string[];
  readonly left: readonly string[];
}

/** Apps with faults are left as a whole; an endpoint that may not be posted to is told, and left alone. */
export function checkImported({ apps: raw, taken, left }: Imported, allowedHosts: readonly string[]): CheckedImport {
  const faults: string[] = [];
  const report = (path: string, text: string): void => void faults.push(`${path}: ${text}`);
  const placed = checkApps(raw, 'apps', report);
  reportDuplicates(placed, report);
  const seen = new Set<string>();
  const apps = placed.flatMap(({ settings, path }) => {
    const names = [settings.id, ...settings.keys.map(({ key }) => key)];
    if (names.some((name) => seen.has(name))) return [];
    for (const name of names) seen.add(name);
    const webhooks = settings.webhooks.filter((webhook) => {
      const before = faults.length;
      reportWebhookUrls([{ settings: { webhooks: [webhook] }, path }], allowedHosts, report);
      return faults.length === before;
    });
    return [{ ...settings, webhooks }];
  });
  return { apps, taken, left: [...left, ...faults] };
}
