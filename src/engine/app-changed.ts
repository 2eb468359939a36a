// An app has been changed or removed while the server runs. All that this node holds of it follows in the same turn:
// what is asked next is answered by the new settings (docs/protocol.md P-2.18).
import type { App } from '../core/app.ts';
import type { Space } from '../core/space.ts';
import { type CloseFault, closeFaults, type Refusal, refusal } from '../protocol/faults.ts';
import type { AppId } from '../protocol/ids.ts';
import { type Engine, ownerOf, spaceOf } from './engine.ts';
import { failed } from './failure.ts';
import { countConnections, hearApp, isLimited, noteConnections } from './quotas.ts';
import { closeConnection } from './refuse.ts';

/** The app is new, or has other settings, keys, limits or another owner than before. */
export function changeApp(engine: Engine, app: App): void {
  // Nobody has asked for the app yet, and whoever is first will find it as it is then; but what the other nodes have of
  // an app with a quota is known before.
  const space = engine.spaces.get(app.id) ?? (isLimited(app) ? spaceOf(engine, app) : undefined);
  if (space === undefined) return;
  if (isLimited(app)) void hearApp(engine, space);
  if (space.removedAtMs === null) space.app = app;
  else space.begin(app);
  changeOwner(engine, space);
  for (const connection of space.connections.values()) {
    connection.app = app;
    // Whoever was let in without a deadline keeps none; one that is no longer asked for is dropped.
    if (!app.settings.userAuthentication.required) connection.authorizeByMs = 0;
  }
  countConnections(engine, space, 0);
  if (!app.settings.enabled) closeAll(engine, space, refusal(closeFaults.appDisabled));
}

/** The app is no more. Its space is forgotten later (engine/keep-alive.ts), when nothing is under way in it. */
export function removeApp(engine: Engine, id: AppId): void {
  // Whoever takes the id next must not find what was remembered of this one.
  const forgotten = engine.cluster.ledger.forget(id);
  if (forgotten instanceof Promise) forgotten.catch((error: unknown) => failed(engine, 'forgetting an app', error));
  const space = engine.spaces.get(id);
  if (space === undefined) return;
  space.removedAtMs = engine.clock.now();
  const key = space.app.settings.keys[0]?.key ?? id;
  closeAll(engine, space, refusal(closeFaults.unknownApp, { key }));
}

// What was broadcast before stays with the owner of that time.
function changeOwner(engine: Engine, space: Space): void {
  const owner = ownerOf(engine, space.app);
  if (owner === space.owner) return;
  const open = space.connections.size + space.connectionsElsewhere;
  noteConnections(engine, space, -open);
  space.owner = owner;
  noteConnections(engine, space, open);
}

function closeAll(engine: Engine, space: Space, why: Refusal<CloseFault>): void {
  // A copy, because each close takes its connection out of the map.
  for (const connection of [...space.connections.values()]) closeConnection(engine, connection, why);
}
