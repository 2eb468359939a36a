// Broadcasting by the engine's own topics, over all listeners of the process.
import type { Outlet } from '../core/connection.ts';
import type { Broadcast } from '../engine/ports.ts';
import { SocketOutlet } from './outlet.ts';

/** @param listeners read at each call: they are opened after the broadcast is made. */
export function broadcaster(listeners: readonly Bun.Server<SocketOutlet>[]): Broadcast {
  return (topic, frame, except: Outlet | null) => {
    const sender = except instanceof SocketOutlet ? except : null;
    sender?.publishToOthers(topic, frame);
    for (const listener of listeners) {
      if (listener !== sender?.listener) listener.publish(topic, frame);
    }
  };
}
