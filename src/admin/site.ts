// What all verbs of the admin API work on. The outside is declared here as little as it is needed.

import type { Throttle } from '../core/throttle.ts';
import type { Engine } from '../engine/engine.ts';
import type { AppStore, Clock } from '../engine/ports.ts';
import type { AppId } from '../protocol/ids.ts';
import type { Store } from '../storage/store.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import type { EventStreams } from './event-streams.ts';
import type { Passwords } from './passwords.ts';
import type { Turns } from './turns.ts';

/** The apps that the server works with, to be told of each change. */
export interface LiveApps {
  readonly apps: Pick<AppStore, 'byIdOrKey' | 'all'>;
  /** Without an id all apps are read again. */
  refresh(id?: AppId): Promise<void>;
}

/** The webhooks that are running. */
export interface WebhookControl extends Pick<Webhooks, 'sendTest' | 'deliveries' | 'deadLetters' | 'replay'> {
  /** Hosts that they may go to though they are not public. */
  readonly allowedHosts: readonly string[];
}

/** What is written to the log. */
export interface AdminLogger {
  log(level: 'debug' | 'info' | 'warn' | 'error', event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface AdminOptions {
  readonly store: Store;
  readonly live: LiveApps;
  readonly webhooks: WebhookControl;
  readonly clock: Clock;
  readonly logger: AdminLogger;
  /** Where people reach the server, `https://vask.example` and a path prefix if there is one; for links. */
  readonly baseUrl: string;
  /** Left out where the database alone is administrated. */
  readonly node?: RunningNode;
}

/** The server of which this is the API. */
export interface RunningNode {
  readonly engine: Engine;
  readonly version: string;
  /** By what the nodes agree. */
  readonly cluster: 'memory' | 'redis' | 'workers';
}

export const NOT_RUNNING = 'This is asked of a server that runs; here is only its database.';

export interface Site extends AdminOptions {
  readonly passwords: Passwords;
  readonly turns: Turns;
  /** The answers that last. */
  readonly streams: EventStreams;
  /** Attempts to log in or use a link, by network. */
  readonly networkAttempts: Throttle;
  /** Attempts to log in, by e-mail address. */
  readonly emailAttempts: Throttle;
}
