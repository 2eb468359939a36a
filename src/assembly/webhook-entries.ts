// Shows the attempts to deliver webhooks to those who watch an app. The thread that makes them is asked only meanwhile.
import { WEBHOOK_EVENTS } from '../core/facts.ts';
import type { Engine } from '../engine/engine.ts';
import { failed } from '../engine/failure.ts';
import { noteEntry } from '../engine/watch-app.ts';
import type { AppId } from '../protocol/ids.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';

const LOOK_MS = 1_000;
const MOST_ATTEMPTS = 50;

/** @returns what ends it. */
export function showAttempts(engine: Engine, { deliveries }: Pick<Webhooks, 'deliveries'>): () => void {
  /** The latest attempt that was shown, of each app that is watched. */
  const shown = new Map<AppId, number>();
  let isBusy = false;

  const look = async (app: AppId, sinceMs: number): Promise<void> => {
    const attempts = await deliveries({ app, limit: MOST_ATTEMPTS, sinceMs });
    const before = shown.get(app) ?? 0;
    for (const { id, atMs, endpoint, status, durationMs, error, body } of attempts.toReversed()) {
      if (id <= before || atMs < sinceMs) continue;
      const outcome = { ...(status === null ? {} : { status }), ...(error === null ? {} : { text: error }) };
      const fields = { type: 'webhook', endpoint, durationMs: Math.round(durationMs), data: body, ...outcome } as const;
      noteEntry(engine, app, fields, atMs);
    }
    shown.set(app, Math.max(before, attempts[0]?.id ?? 0));
  };

  const lookAtAll = async (): Promise<void> => {
    for (const { app, openedAtMs } of [...engine.feeds.all()]) {
      // Asking would start the thread, which an app without endpoints has no need of.
      if (WEBHOOK_EVENTS.some((name) => engine.outbox.wants(app, name))) await look(app, openedAtMs);
    }
  };

  return engine.clock.every(LOOK_MS, () => {
    for (const app of shown.keys()) if (engine.feeds.of(app) === undefined) shown.delete(app);
    if (isBusy || engine.feeds.size === 0) return;
    isBusy = true;
    lookAtAll()
      .catch((error: unknown) => failed(engine, 'showing webhooks', error))
      .finally(() => {
        isBusy = false;
      });
  });
}
