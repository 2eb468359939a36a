// The life of `vask listen`: connects, subscribes, counts, and comes back after a close until it is told to end.

import { announcesClose, closeFaultFor, frameAdvice } from '../protocol/advice.ts';
import { channelKind } from '../protocol/channel-name.ts';
import type { ChannelName } from '../protocol/ids.ts';
import { Failure } from './failure.ts';
import { pauseMs, reactionTo } from './reconnect.ts';
import { signInData, subscribeData } from './subscription.ts';
import type { Credentials } from './target.ts';
import { complain, printable } from './terminal.ts';
import { ClientConnection, type Closed, dataOf, type Frame } from './websocket-client.ts';

export interface ListeningOptions {
  readonly url: string;
  readonly credentials: Credentials;
  readonly channels: readonly string[];
  /** The presence member, and the user who signs in where a channel needs that. */
  readonly user: string;
  /** Ends after so many events; null for never. */
  readonly count: number | null;
  readonly show: (frame: Frame, text: string) => void;
}

const CONNECT_MS = 10_000;
const WATCHLIST_TOO_LONG = 4302;

export class Listening {
  /** Fulfilled when there is nothing more to do; rejected with a Failure when there cannot be. */
  readonly done: Promise<void>;
  readonly #options: ListeningOptions;
  readonly #finish: () => void;
  readonly #fail: (failure: Failure) => void;
  #connection: ClientConnection;
  #pending = new Set<string>();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #wasEverGreeted = false;
  #events = 0;
  #isOver = false;

  constructor(options: ListeningOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#options = options;
    this.done = promise;
    this.#finish = resolve;
    this.#fail = reject;
    this.#connection = this.#connect();
  }

  get events(): number {
    return this.#events;
  }

  end(failure: Failure | null = null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#retry);
    this.#connection.close();
    if (failure === null) this.#finish();
    else this.#fail(failure);
  }

  #connect(): ClientConnection {
    const { url, credentials } = this.#options;
    return new ClientConnection(url, {
      key: credentials.key,
      timeoutMs: CONNECT_MS,
      onGreeted: (socketId) => this.#greeted(socketId),
      onFrame: (frame, text) => this.#hear(frame, text),
      onClosed: (closed) => this.#closed(closed),
    });
  }

  #greeted(socketId: string): void {
    const { channels, credentials, user } = this.#options;
    this.#wasEverGreeted = true;
    this.#pending = new Set(channels);
    const [personal, others] = [channels.filter(isPersonal), channels.filter((channel) => !isPersonal(channel))];
    for (const channel of others)
      this.#connection.say('pusher:subscribe', subscribeData(credentials, socketId, channel, user));
    // The channel of a user is open only to whoever is signed in; it is asked for after the answer.
    if (personal.length > 0) this.#connection.say('pusher:signin', signInData(credentials, socketId, user));
  }

  #hear(frame: Frame, text: string): void {
    const { channels, count, show } = this.#options;
    if (this.#isOver) return;
    show(frame, text);
    switch (frame.event) {
      case 'pusher:signin_success':
        for (const channel of channels.filter(isPersonal)) this.#connection.say('pusher:subscribe', { channel });
        return;
      case 'pusher_internal:subscription_succeeded':
        this.#pending.delete(frame.channel ?? '');
        if (this.#pending.size === 0) this.#attempts = 0;
        return;
      case 'pusher:error':
        this.#refused(frame);
        return;
    }
    if (!isEvent(frame)) return;
    this.#events++;
    if (this.#events === count) this.end();
  }

  #refused(frame: Frame): void {
    const { code, message } = dataOf(frame);
    const number = typeof code === 'number' ? code : null;
    const text = printable(String(message));
    // Only the excess of a watchlist is dropped; and where a close follows, that decides.
    if (number === WATCHLIST_TOO_LONG || announcesClose(number, text)) return;
    const advice = frameAdvice(number, text);
    if (this.#pending.size > 0) this.end(new Failure(`Refused: ${text}`, advice));
    else if (advice !== null) complain(advice);
  }

  #closed({ code, reason, wasGreeted }: Closed): void {
    if (this.#isOver) return;
    const what = `${code}${reason === '' ? '' : ` (${printable(reason)})`}`;
    const advice = closeFaultFor(code, reason)?.advice ?? null;
    const reaction = reactionTo(code);
    if (reaction === 'stop') return this.end(new Failure(`The server closed the connection: ${what}`, advice));
    if (!this.#wasEverGreeted) {
      const { url } = this.#options;
      return this.end(new Failure(`Cannot connect to ${url}: ${what}`, advice ?? `"vask doctor ${url}" looks closer.`));
    }
    this.#attempts++;
    // At once only the first time: a server that keeps saying so would be hammered.
    const waitMs = reaction === 'at once' && wasGreeted && this.#attempts === 1 ? 0 : pauseMs(this.#attempts);
    complain(`Disconnected: ${what}. Reconnecting ${waitMs === 0 ? 'at once' : `in ${waitMs / 1000} s`}.`);
    this.#retry = setTimeout(() => {
      this.#connection = this.#connect();
    }, waitMs);
  }
}

function isPersonal(channel: string): boolean {
  return channelKind(channel as ChannelName).serverToUser;
}

/** What somebody published, unlike what the protocol says itself. */
export function isEvent({ event }: Frame): boolean {
  return !event.startsWith('pusher:') && !event.startsWith('pusher_internal:');
}
