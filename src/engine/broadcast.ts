// Sends a frame to all subscribers that a channel has on this node, and counts what that is.
import type { Channel } from '../core/channel.ts';
import type { Outlet } from '../core/connection.ts';
import type { Space } from '../core/space.ts';
import type { Engine } from './engine.ts';

export function broadcastTo(
  engine: Engine,
  { usage }: Space,
  { topic, subscribers }: Channel,
  frame: string,
  except: Outlet | null,
): void {
  const readers = except === null ? subscribers : subscribers - 1;
  usage.messagesOut += readers;
  // Nearly every character is one byte, and counting the bytes of each frame would cost as much as making it.
  usage.bytesOut += readers * frame.length;
  engine.broadcast(topic, frame, except);
}
