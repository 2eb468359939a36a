// The webhooks of this process, made of what the configuration and the database have of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { storedWebhooks, switchOff } from '../admin/live-webhooks.ts';
import type { Config } from '../config/schema.ts';
import type { RememberedApps } from '../storage/remembered.ts';
import type { Store } from '../storage/store.ts';
import { systemClock } from '../system/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import { configuredWebhooks } from '../webhooks/configured.ts';
import type { WebhookApp } from '../webhooks/endpoint.ts';
import { startWebhooks, type Webhooks } from '../webhooks/webhooks.ts';

/** All apps with endpoints: those of the configuration, whose endpoints have no ids, and those of the database. */
export function webhookApps(config: Config, remembered: RememberedApps): readonly WebhookApp[] {
  const configured = new Set(config.apps.map(({ id }) => id));
  const stored = storedWebhooks(remembered).filter(({ app }) => !configured.has(app));
  return [...configuredWebhooks(config.apps), ...stored];
}

/** The certificate authority of Redis, in PEM. */
export function caOf({ redisCa }: Config): string | null {
  return redisCa === null ? null : readFileSync(redisCa, 'utf8');
}

/** Rejects when the journal cannot be opened. */
export function openWebhooks(
  config: Config,
  logger: Logger,
  store: Store,
  remembered: RememberedApps,
): Promise<Webhooks> {
  const onFailure = (doing: string, error: unknown): void =>
    logger.log('error', 'failed', { doing, error: error instanceof Error ? error.message : String(error) });
  return startWebhooks({
    journal: join(config.dataDirectory, 'outbox.db'),
    graceMs: config.webhookGraceSeconds * 1_000,
    retryMs: config.webhookRetrySeconds * 1_000,
    disableMs: config.webhookDisableHours * 3_600_000,
    allowedHosts: config.webhookAllowedHosts,
    apps: webhookApps(config, remembered),
    clock: systemClock,
    // Nodes that agree by Redis have one outbox there.
    shared:
      config.redisUrl === null ? null : { redisUrl: config.redisUrl, ca: caOf(config), prefix: config.redisPrefix },
    onFailure,
    onDisabled(disabled) {
      logger.log('error', 'webhookDisabled', { ...disabled });
      switchOff(store, remembered, disabled).catch((error: unknown) => onFailure('switching a webhook off', error));
    },
  });
}
