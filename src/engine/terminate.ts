// A backend ends all connections that are signed in as a user (P-6.4).
import type { App } from '../core/app.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Answer } from './answer.ts';
import type { Engine } from './engine.ts';

export function terminate(engine: Engine, app: App, user: UserId): Answer<void> {
  return engine.cluster.bus.publish({ kind: 'terminate', app: app.id, user });
}
