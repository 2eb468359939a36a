// Between the store and the webhooks that run: which endpoints there are, and what becomes of one that has been given up.

import type { AppId } from '../protocol/ids.ts';
import type { RememberedApps } from '../storage/remembered.ts';
import type { Store } from '../storage/store.ts';
import { systemClock } from '../system/clock.ts';
import type { WebhookApp } from '../webhooks/endpoint.ts';
import { noteEndpointDisabled } from './audit.ts';

/** The apps of the database that have endpoints. One without a key that counts has nothing to sign with. */
export function storedWebhooks(live: Pick<RememberedApps, 'apps' | 'endpoints'>): readonly WebhookApp[] {
  return live.apps.all().flatMap(({ id, settings }): WebhookApp[] => {
    const endpoints = live.endpoints(id);
    const [signingKey] = settings.keys;
    return signingKey === undefined || endpoints.length === 0 ? [] : [{ app: id, signingKey, endpoints }];
  });
}

export interface GivenUp {
  readonly app: AppId;
  readonly endpoint: string;
  readonly reason: string;
}

/** Switches an endpoint off. The owner finds it in the app's audit log, and the reason at the endpoint. */
export async function switchOff(store: Store, live: Pick<RememberedApps, 'refresh'>, givenUp: GivenUp): Promise<void> {
  const { app, endpoint, reason } = givenUp;
  if (!(await store.endpoints.disable(app, endpoint, reason))) return;
  await noteEndpointDisabled(store, systemClock, { app, endpoint, reason });
  await live.refresh(app);
}
