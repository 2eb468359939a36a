// One client's connection: who it is, what it is subscribed to, and when it was last heard.
import type { ChannelName, SocketId, UserId } from '../protocol/ids.ts';
import type { User } from '../protocol/member-data.ts';
import type { App } from './app.ts';
import type { NetworkName } from './network.ts';
import { bucketFor, type TokenBucket } from './token-bucket.ts';

/** One client's way out. What goes through it keeps its order, whether sent directly or by a topic. */
export interface Outlet {
  send(frame: string): void;
  /** Ends the connection with a close frame; `code` comes from the catalogue. */
  close(code: number, reason: string): void;
  /** Ends the connection at once, since no frame would reach the client. */
  cut(): void;
  ping(): void;
  /** Bytes that wait because the client does not read them. */
  readonly backlogBytes: number;
  /** From now on the client gets what is broadcast on the topic. */
  join(topic: string): void;
  leave(topic: string): void;
}

/** A subscription on its way from the request to the end. Only a joined one is served. */
export interface Subscription {
  readonly name: ChannelName;
  /** Who the connection is in a presence channel. */
  readonly member: UserId | null;
  phase: 'joining' | 'joined' | 'left';
  /** Whether the ledger counts it, which a subscription that was left while joining may or may not have come to. */
  hasEntered: boolean;
}

const NO_SUBSCRIPTIONS: ReadonlyMap<ChannelName, Subscription> = new Map();

/** How much one client may send; 0 is no bound. */
export interface PaceBounds {
  readonly clientMessageRate: number;
  readonly clientByteRate: number;
}

export class Connection {
  readonly socketId: SocketId;
  readonly outlet: Outlet;
  app: App;
  isOpen = true;
  user: User | null = null;
  /** Whether the events for its user reach it, which they do once the cluster has taken the sign-in. */
  hearsUser = false;
  /** The users whose coming and going this connection is told. */
  watchlist: readonly UserId[] = [];
  readonly connectedAtMs: number;
  /** Subscriptions and sign-ins that the cluster has not answered yet. */
  underWay = 0;
  /** When the client last gave any sign of life. */
  heardAtMs: number;
  /** When the client last sent a message; WebSocket ping and pong frames do not count. */
  messageAtMs: number;
  /** When a ping went out that has not been answered; 0 when none is open. */
  pingedAtMs = 0;
  /** What waited for the client when last looked at. */
  backlogBytes = 0;
  /** When the connection is closed unless it has proved who it is; 0 when it need not, or has. */
  authorizeByMs: number;
  /** Where the client is, for what is bounded by address; null when it is not a stranger. */
  readonly network: NetworkName | null;
  /** What of the last moments still counts against the bounds on what the client sends. */
  #messages = 0;
  #bytes = 0;
  #pacedAtMs = 0;
  #asked = 0;
  #askedAtMs: number;
  #badAuths = 0;
  #badAuthAtMs = 0;
  // Made with the first use: idle connections are many, and what they do not hold costs nothing.
  #subscriptions: Map<ChannelName, Subscription> | null = null;
  #clientEvents: TokenBucket | null = null;

  constructor(socketId: SocketId, app: App, outlet: Outlet, nowMs: number, network: NetworkName | null = null) {
    this.socketId = socketId;
    this.app = app;
    this.outlet = outlet;
    this.connectedAtMs = nowMs;
    this.heardAtMs = nowMs;
    this.messageAtMs = nowMs;
    this.#askedAtMs = nowMs;
    this.network = network;
    const { required, timeoutSeconds } = app.settings.userAuthentication;
    this.authorizeByMs = required ? nowMs + timeoutSeconds * 1000 : 0;
  }

  get subscriptions(): ReadonlyMap<ChannelName, Subscription> {
    return this.#subscriptions ?? NO_SUBSCRIPTIONS;
  }

  /**
   * Whether as many subscriptions and sign-ins wait for the cluster as the connection may have channels. One that asks and
   * takes back the same again and again would fill the memory while the cluster does not answer.
   */
  get isWaitingForMost(): boolean {
    return this.underWay >= this.app.limits.channelsPerConnection;
  }

  addSubscription(subscription: Subscription): void {
    this.#subscriptions ??= new Map();
    this.#subscriptions.set(subscription.name, subscription);
  }

  /** Forgets the subscription, but not a later one of the same name that has taken its place. */
  removeSubscription(subscription: Subscription): void {
    const { name } = subscription;
    if (this.#subscriptions?.get(name) === subscription) this.#subscriptions.delete(name);
  }

  /** Whether one more client event keeps to the app's rate. */
  takeClientEvent(nowMs: number): boolean {
    const { clientEventsPerSecond } = this.app.limits;
    if (clientEventsPerSecond === 0) return true;
    this.#clientEvents = bucketFor(clientEventsPerSecond, this.#clientEvents, nowMs);
    return this.#clientEvents.take(nowMs);
  }

  /**
   * Notes a message or a ping. @returns by which bound it is one too many. What was sent counts less and less over a second, so
   * that a burst of one second's worth is always fine.
   */
  takeMessage(bytes: number, nowMs: number, bounds: PaceBounds): 'clientMessageRate' | 'clientByteRate' | null {
    const passedMs = Math.max(0, nowMs - this.#pacedAtMs);
    this.#pacedAtMs = nowMs;
    const { clientMessageRate, clientByteRate } = bounds;
    this.#messages = Math.max(0, this.#messages - (passedMs * clientMessageRate) / 1000) + 1;
    this.#bytes = Math.max(0, this.#bytes - (passedMs * clientByteRate) / 1000) + bytes;
    if (this.#messages > clientMessageRate && clientMessageRate > 0) return 'clientMessageRate';
    // One message is never too much by itself.
    return this.#bytes > clientByteRate && this.#bytes > bytes && clientByteRate > 0 ? 'clientByteRate' : null;
  }

  /** Whether one more subscription may be asked for. As many as a connection may have may come at once: SDKs do so. */
  takeSubscription(nowMs: number, perSecond: number): boolean {
    if (perSecond === 0) return true;
    this.#asked = Math.max(0, this.#asked - (Math.max(0, nowMs - this.#askedAtMs) * perSecond) / 1000) + 1;
    this.#askedAtMs = nowMs;
    return this.#asked <= this.app.limits.channelsPerConnection + perSecond;
  }

  /** Whether one more proof that proves nothing may come. */
  takeBadAuth(nowMs: number, perMinute: number): boolean {
    if (perMinute === 0) return true;
    this.#badAuths = Math.max(0, this.#badAuths - (Math.max(0, nowMs - this.#badAuthAtMs) * perMinute) / 60_000) + 1;
    this.#badAuthAtMs = nowMs;
    return this.#badAuths <= perMinute;
  }

  /** The clock was set: what was noted by the old time is moved, so that nobody is taken for silent. */
  shift(byMs: number): void {
    this.heardAtMs += byMs;
    this.messageAtMs += byMs;
    if (this.pingedAtMs > 0) this.pingedAtMs += byMs;
    if (this.authorizeByMs > 0) this.authorizeByMs += byMs;
  }
}
