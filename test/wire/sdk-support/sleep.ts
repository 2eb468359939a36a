// A client that does not read its connection, as on a laptop that was shut: pusher-js answers every ping otherwise.
import type Pusher from 'pusher-js';

/** What pusher-js for Node holds its connection in; no option reaches it. */
interface Innards {
  readonly connection: {
    readonly connection: {
      readonly transport: { readonly socket: { readonly _stream: { pause(): void; resume(): void } } };
    };
  };
}

/** Stops reading; the answer goes on with it. */
export function putToSleep(pusher: Pusher): () => void {
  const { _stream: stream } = (pusher as unknown as Innards).connection.connection.transport.socket;
  stream.pause();
  return () => stream.resume();
}
