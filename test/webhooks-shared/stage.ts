// Nodes that share an outbox: in this process, each with its thread, or as processes that can be killed.
import { join } from 'node:path';
import { WEBHOOK_EVENTS } from '../../src/core/facts.ts';
import { systemClock } from '../../src/system/clock.ts';
import type { Disabled } from '../../src/webhooks/dispatcher.ts';
import type { Endpoint, WebhookApp } from '../../src/webhooks/endpoint.ts';
import type { Timing } from '../../src/webhooks/messages.ts';
import { startWebhooks, type Webhooks, type WebhooksOptions } from '../../src/webhooks/webhooks.ts';
import { KEY, SECRET } from '../support/credentials.ts';
import { appOf, endpointOf } from '../support/outbox.ts';
import type { Receiver, WebhookEvent } from '../support/receiver.ts';
import { PREFIX } from './ledger.ts';

/** A node that is gone is noticed soon, so that tests are short; of a machine so busy nothing else is expected. */
export const TIMING: Timing = { leaseMs: 600, firstLookMs: 150 };

type Settings = Omit<WebhooksOptions, 'clock' | 'onDisabled' | 'onFailure'>;

/** Each receiver as an endpoint of its own. */
export function appFor(receivers: readonly Receiver[], changes: Partial<Endpoint> = {}): WebhookApp {
  const endpoints = receivers.map(({ url }, index) =>
    endpointOf({ id: `e${index}`, url, events: WEBHOOK_EVENTS, ...changes }),
  );
  return { ...appOf(...endpoints), signingKey: { key: KEY, secret: SECRET } };
}

export function settingsOf(redisUrl: string, receivers: readonly Receiver[], apps: readonly WebhookApp[]): Settings {
  return {
    journal: '',
    shared: { redisUrl, ca: null, prefix: PREFIX, timing: TIMING },
    ...{ graceMs: 0, retryMs: 60_000, disableMs: 0, apps },
    allowedHosts: receivers.map(({ host }) => host),
  };
}

export interface StagedNode extends AsyncDisposable {
  readonly webhooks: Webhooks;
  readonly failures: string[];
  readonly disabled: Disabled[];
}

/** In this process. */
export async function startNode(settings: Settings): Promise<StagedNode> {
  const failures: string[] = [];
  const disabled: Disabled[] = [];
  const webhooks = await startWebhooks({
    ...settings,
    clock: systemClock,
    onDisabled: (what) => void disabled.push(what),
    onFailure: (_doing, error) => void failures.push(String(error)),
  });
  return { webhooks, failures, disabled, [Symbol.asyncDispose]: () => webhooks.stop() };
}

const MEMBER = join(import.meta.dir, 'member.ts');

/** A node in a process of its own, which does nothing but its part of the outbox. */
export class MortalNode {
  readonly #child: Bun.Subprocess<'pipe', 'pipe', 'inherit'>;

  private constructor(child: Bun.Subprocess<'pipe', 'pipe', 'inherit'>) {
    this.#child = child;
  }

  /** Resolves when its thread runs. */
  static async start(settings: Settings): Promise<MortalNode> {
    const child = Bun.spawn([process.execPath, MEMBER, JSON.stringify(settings)], {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'inherit',
    });
    await child.stdout.getReader().read();
    return new MortalNode(child);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** It ends as it should. */
  async stop(): Promise<void> {
    await this.#child.stdin.end();
    await this.#child.exited;
  }
}

/** What was told of each channel or member, in order. */
export function tales(events: readonly WebhookEvent[]): ReadonlyMap<string, readonly string[]> {
  const told = new Map<string, string[]>();
  for (const { name, channel, user_id: user } of events) {
    if (name === 'client_event') continue;
    const about = user === undefined ? String(channel) : `${channel} ${user}`;
    told.set(about, [...(told.get(about) ?? []), String(name)]);
  }
  return told;
}

/** What does not alternate, or does not end with somebody's going. */
export function faultsIn(told: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...told].flatMap(([about, names]) => {
    const isMember = names[0]?.startsWith('member') === true;
    const [come, gone] = isMember ? ['member_added', 'member_removed'] : ['channel_occupied', 'channel_vacated'];
    const isRight = names.every((name, index) => name === (index % 2 === 0 ? come : gone)) && names.at(-1) === gone;
    return isRight ? [] : [`${about}: ${names.join(', ')}`];
  });
}

/** The numbers of the client events, in the order in which they were told. */
export function numbersOf(events: readonly WebhookEvent[]): readonly number[] {
  return events.flatMap(({ name, data }) => (name === 'client_event' ? [Number(data)] : []));
}

/** While something else happens. */
export async function whilePassing(milliseconds: number): Promise<void> {
  await Bun.sleep(milliseconds);
}
