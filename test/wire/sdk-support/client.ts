// A pusher-js client whose events are awaited one by one, like the lines of a conversation.
import type Backend from 'pusher';
import type Pusher from 'pusher-js';
import type { Channel, Options, PresenceChannel } from 'pusher-js';
import { Inbox } from '../../support/inbox.ts';
import type { SdkVersion } from './versions.ts';

/** Whom the backend takes the client for. The id of a presence member may be a number. */
export interface Person {
  readonly id: string | number;
  readonly info?: Readonly<Record<string, unknown>>;
  readonly watchlist?: readonly string[];
}

export interface ClientOptions extends Partial<Options> {
  readonly key?: string;
  readonly person?: Person;
}

export interface Heard {
  readonly event: string;
  readonly data: unknown;
}

/** The data of a pusher:error. */
export interface Told {
  readonly code: number | null;
  readonly message: string;
}

/** How the backend answers the client's requests for a signature. */
export interface Signatures {
  channel(socketId: string, channel: string): Backend.ChannelAuthResponse;
  user(socketId: string): Backend.UserAuthResponse;
}

export function signaturesOf(backend: Backend, { id, info, watchlist }: Person): Signatures {
  return {
    channel(socketId, channel) {
      if (!channel.startsWith('presence-')) return backend.authorizeChannel(socketId, channel);
      // The type of the SDK is narrower than its documentation, in which ids are numbers.
      const member = { user_id: id as string, ...(info === undefined ? {} : { user_info: info }) };
      return backend.authorizeChannel(socketId, channel, member);
    },
    user: (socketId) =>
      backend.authenticateUser(socketId, {
        id: String(id),
        ...(info === undefined ? {} : { user_info: info }),
        ...(watchlist === undefined ? {} : { watchlist }),
      }),
  };
}

/** The options that make the client ask these signatures of nobody but the test. */
export function authorizationOptions(version: SdkVersion, signatures: Signatures): Partial<Options> {
  if (version.authorization === 'authorizer') {
    return {
      authorizer: ({ name }) => ({
        authorize: (socketId, callback) => callback(null, signatures.channel(socketId, name)),
      }),
    };
  }
  return {
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, callback) => callback(null, signatures.channel(socketId, channelName)),
    },
    userAuthentication: { customHandler: ({ socketId }, callback) => callback(null, signatures.user(socketId)) },
  };
}

export class SdkChannel {
  readonly channel: Channel;
  readonly #heard: Inbox<Heard>;

  constructor(channel: Channel) {
    this.channel = channel;
    this.#heard = new Inbox(`an event of ${channel.name}`);
    channel.bind_global((event: string, data: unknown) => this.#heard.push({ event, data }));
  }

  /** The next event of the channel, whatever it is. */
  async next(): Promise<Heard> {
    return await this.#heard.next();
  }

  /** Waits for the channel to be subscribed; nothing may have come before. */
  async subscribed(): Promise<this> {
    const { event, data } = await this.next();
    if (event === 'pusher:subscription_succeeded') return this;
    throw new Error(`${event} came instead of a subscription: ${JSON.stringify(data)}`);
  }

  /** Events of one name, with what pusher-js tells about them. */
  on(event: string): Inbox<{ data: unknown; metadata: unknown }> {
    const inbox = new Inbox<{ data: unknown; metadata: unknown }>(`${event} of ${this.channel.name}`);
    this.channel.bind(event, (data: unknown, metadata: unknown) => inbox.push({ data, metadata }));
    return inbox;
  }

  /** Who is there as far as the client knows: id → user_info. */
  get members(): Readonly<Record<string, unknown>> {
    return { ...(this.channel as PresenceChannel).members.members };
  }

  get memberCount(): number {
    return (this.channel as PresenceChannel).members.count;
  }
}

export class SdkClient {
  readonly pusher: Pusher;
  /** What the connection turned to, one after the other. */
  readonly states = new Inbox<string>('a state');
  /** After how many seconds the client means to try again. */
  readonly pauses = new Inbox<number>('a pause before the next attempt');
  /** Every pusher:error on an established connection. */
  readonly told = new Inbox<Told>('pusher:error');
  /** Codes of what the connection reported as errors, those of a refused handshake included. */
  readonly codes = new Inbox<number | null>('an error of the connection');
  readonly signIns = new Inbox<unknown>('pusher:signin_success');

  constructor(pusher: Pusher) {
    this.pusher = pusher;
    pusher.connection.bind('state_change', ({ current }: { current: string }) => this.states.push(current));
    pusher.connection.bind('connecting_in', this.pauses.push);
    pusher.connection.bind('error', (error: unknown) => this.codes.push(codeOf(error)));
    pusher.bind('pusher:error', this.told.push);
    pusher.bind('pusher:signin_success', this.signIns.push);
  }

  async connected(): Promise<this> {
    await this.states.until((state) => state === 'connected');
    return this;
  }

  get socketId(): string {
    return this.pusher.connection.socket_id;
  }

  /** Begins to subscribe. */
  ask(channel: string): SdkChannel {
    return new SdkChannel(this.pusher.subscribe(channel));
  }

  async subscribe(channel: string): Promise<SdkChannel> {
    return await this.ask(channel).subscribed();
  }

  /** True when nothing the server sent before now is still on its way: frames keep their order, and this is answered. */
  async roundTrip(): Promise<true> {
    const pong = new Inbox<true>('pusher:pong');
    const push = (): void => pong.push(true);
    this.pusher.bind('pusher:pong', push);
    this.pusher.send_event('pusher:ping', {});
    await pong.next();
    this.pusher.unbind('pusher:pong', push);
    return true;
  }

  async signIn(): Promise<void> {
    this.pusher.signin();
    await this.signIns.next();
  }
}

// Before version 7 errors were wrapped twice.
function codeOf(error: unknown): number | null {
  const { data, error: inner } = error as { data?: { code?: number | null }; error?: unknown };
  if (data !== undefined) return data.code ?? null;
  return typeof inner === 'object' && inner !== null ? codeOf(inner) : null;
}
