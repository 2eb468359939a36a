// The webhooks of the configuration as the outbox takes them. They have no ids of their own.
import type { AppSettings } from '../core/app.ts';
import type { Endpoint, WebhookApp } from './endpoint.ts';

export function configuredWebhooks(apps: readonly AppSettings[]): readonly WebhookApp[] {
  return apps.flatMap(({ id, keys: [signingKey], webhooks }) => {
    if (signingKey === undefined || webhooks.length === 0) return [];
    const urls = webhooks.map(({ url }) => url);
    const endpoints = webhooks.map((settings, index): Endpoint => {
      const repeat = urls.slice(0, index).filter((url) => url === settings.url).length;
      return { ...settings, id: endpointId(id, settings.url, repeat) };
    });
    return [{ app: id, signingKey, endpoints }];
  });
}

// The same address is the same endpoint after a restart, wherever it stands in the list.
function endpointId(app: string, url: string, repeat: number): string {
  const hash = Bun.CryptoHasher.hash('sha256', JSON.stringify([app, url, repeat]), 'hex');
  return `configured-${hash.slice(0, 24)}`;
}
