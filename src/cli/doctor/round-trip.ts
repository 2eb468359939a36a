// Publishes on a channel and waits for the event, a few times, with the clock running.
import { ClientConnection, dataOf } from '../websocket-client.ts';
import { within } from './within.ts';

export interface RoundTrip {
  readonly url: string;
  readonly key: string;
  /** A public one. */
  readonly channel: string;
  /** Of each wait. */
  readonly timeoutMs: number;
  /** @param name of the event to publish. */
  readonly publish: (name: string) => Promise<void>;
}

const ROUNDS = 5;

/** @returns milliseconds from before the request to the event, of each round. */
export async function roundTrips({ url, key, channel, timeoutMs, publish }: RoundTrip): Promise<readonly number[]> {
  const awaited = new Map<string, () => void>();
  const broken = Promise.withResolvers<never>();
  // Whoever waits at the moment hears of it; between two waits nobody does.
  broken.promise.catch(() => {});
  const event = (name: string): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    awaited.set(name, resolve);
    return within(timeoutMs, Promise.race([promise, broken.promise]));
  };
  const subscribed = event('pusher_internal:subscription_succeeded');
  const connection = new ClientConnection(url, {
    key,
    timeoutMs,
    onGreeted: () => connection.say('pusher:subscribe', { channel }),
    onFrame: (frame) => {
      if (frame.event === 'pusher:error') broken.reject(new Error(`refused: ${String(dataOf(frame).message)}`));
      awaited.get(frame.event)?.();
    },
    onClosed: ({ code, reason }) => broken.reject(new Error(`closed with ${code} ${reason}`.trim())),
  });
  try {
    await subscribed;
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const name = `round-${round}`;
      const startMs = performance.now();
      const arrived = event(name).then(() => performance.now() - startMs);
      const [time] = await Promise.all([arrived, publish(name)]);
      times.push(time);
    }
    return times;
  } finally {
    connection.close();
  }
}
