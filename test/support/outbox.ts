// The outbox with a journal of its own, a clock that the test moves, and posts that it answers.
import { join } from 'node:path';
import type { Fact, WebhookEventName } from '../../src/core/facts.ts';
import type { AppId, ChannelName, SocketId } from '../../src/protocol/ids.ts';
import { type Disabled, Dispatcher } from '../../src/webhooks/dispatcher.ts';
import type { Endpoint, WebhookApp } from '../../src/webhooks/endpoint.ts';
import { Journal } from '../../src/webhooks/journal.ts';
import type { Letter, PostResult } from '../../src/webhooks/post.ts';

export const OUTBOX_APP = 'app' as AppId;
const HOUR_MS = 3_600_000;

export function endpointOf(changes: Partial<Endpoint> = {}): Endpoint {
  const events: WebhookEventName[] = ['channel_occupied', 'channel_vacated', 'client_event'];
  return { id: 'e', url: 'https://shop.example/', enabled: true, events, channelPrefixes: [], headers: {}, ...changes };
}

export function appOf(...endpoints: readonly Endpoint[]): WebhookApp {
  return { app: OUTBOX_APP, signingKey: { key: 'key', secret: 'secret' }, endpoints };
}

export function clientEvent(data: string): Fact {
  const channel = 'private-room' as ChannelName;
  const socketId = '1.1' as SocketId;
  return { name: 'client_event', app: OUTBOX_APP, channel, event: 'client-n', rawData: data, socketId, user: null };
}

export function roomFact(name: 'channel_occupied' | 'channel_vacated', channel = 'room'): Fact {
  return { name, app: OUTBOX_APP, channel: channel as ChannelName };
}

export class TestOutbox {
  nowMs = 1_000_000;
  /** What posts are answered with; null for none. */
  status: number | null = 204;
  /** When set, posts are not answered until it resolves. */
  held: Promise<void> | null = null;
  readonly posts: Letter[] = [];
  readonly disabled: Disabled[] = [];
  readonly journal: Journal;
  readonly dispatcher: Dispatcher;
  #ids = 0;

  constructor(directory: string, apps: readonly WebhookApp[], waitingEvents = 200_000) {
    this.journal = new Journal(join(directory, 'outbox.db'));
    this.dispatcher = new Dispatcher(
      {
        journal: this.journal,
        durable: () => undefined,
        isAmongOthers: false,
        post: (letter) => this.#post(letter),
        now: () => this.nowMs,
        newId: () => `delivery-${this.nowMs}-${++this.#ids}`,
        wake: () => undefined,
        onDisabled: (disabled) => void this.disabled.push(disabled),
        limits: { graceMs: 0, missWindowMs: 0, retryMs: 300_000, disableMs: 72 * HOUR_MS, waitingEvents },
      },
      apps,
    );
  }

  async #post(letter: Letter): Promise<PostResult> {
    this.posts.push(letter);
    await this.held;
    return { status: this.status, durationMs: 1, error: this.status === null ? 'no answer' : null, answer: null };
  }

  /** Turns until nothing is left to do at this moment. */
  async settle(...facts: readonly Fact[]): Promise<void> {
    this.dispatcher.add(facts);
    for (let turn = 0; turn < 8; turn++) {
      await this.dispatcher.turn();
      for (let tick = 0; tick < 8; tick++) await Promise.resolve();
    }
  }

  /** Lets time pass in steps, each with its turn. */
  async pass(milliseconds: number, stepMs: number): Promise<void> {
    const endMs = this.nowMs + milliseconds;
    while (this.nowMs < endMs) {
      this.nowMs += stepMs;
      await this.settle();
    }
  }

  /** The data of the client events in the posts since the last look. */
  sent(): string[] {
    return this.posts
      .splice(0)
      .flatMap(({ body }) => eventsOf(body).map(({ data, name, channel }) => data ?? `${name} ${channel}`));
  }

  [Symbol.dispose](): void {
    this.journal.close();
  }
}

export function eventsOf(body: string): { readonly name: string; readonly channel: string; readonly data?: string }[] {
  return JSON.parse(body).events;
}
