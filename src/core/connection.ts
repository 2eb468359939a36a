// One client's connection: who it is, what it is subscribed to, and when it was last heard.
import type { ChannelName, SocketId, UserId } from '../protocol/ids.ts';
import type { User } from '../protocol/member-data.ts';
import type { App } from './app.ts';
import { bucketFor, type TokenBucket } from './token-bucket.ts';

/** One client's way out. What goes through it keeps its order, whether sent directly or by a topic. */
export interface Outlet {
  send(frame: string): void;
  /** Ends the connection with a close frame; `code` comes from the catalogue. */
  close(code: number, reason: string): void;
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
  // Made with the first use: idle connections are many, and what they do not hold costs nothing.
  #subscriptions: Map<ChannelName, Subscription> | null = null;
  #clientEvents: TokenBucket | null = null;

  constructor(socketId: SocketId, app: App, outlet: Outlet, nowMs: number) {
    this.socketId = socketId;
    this.app = app;
    this.outlet = outlet;
    this.connectedAtMs = nowMs;
    this.heardAtMs = nowMs;
    this.messageAtMs = nowMs;
    const { required, timeoutSeconds } = app.settings.userAuthentication;
    this.authorizeByMs = required ? nowMs + timeoutSeconds * 1000 : 0;
  }

  get subscriptions(): ReadonlyMap<ChannelName, Subscription> {
    return this.#subscriptions ?? NO_SUBSCRIPTIONS;
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
}
