// The outbox at work: facts are settled, written with what is to be sent, and only then posted. One turn does all that
// has come up since the last one, in one transaction, so that a turn costs one write to the disk however much there is.
import type { Fact, WebhookEventName } from '../core/facts.ts';
import { type Answer, then } from '../engine/answer.ts';
import type { AppId } from '../protocol/ids.ts';
import type { Attempt, Delivery, Selection } from './delivery.ts';
import { type Endpoint, selects, type WebhookApp, wantedFacts } from './endpoint.ts';
import { eventJson } from './event.ts';
import type { Change, Journal } from './journal.ts';
import { Lane, type LaneLimits, type LaneTurn } from './lane.ts';
import type { Letter, Post, PostResult } from './post.ts';
import { isAccepted } from './retry.ts';
import { Settle, type Settled, type SettleOptions } from './settle.ts';
import { TESTS_A_MINUTE, TestAllowance } from './test-allowance.ts';

export interface DispatcherParts {
  readonly journal: Journal;
  /** What the journal has got is kept, whatever happens, when this has answered; nothing is posted before. */
  readonly durable: () => Answer<void>;
  /** Whether whom the journal has as announced may still be there: other nodes serve on while this one starts. */
  readonly isAmongOthers: boolean;
  readonly post: Post;
  readonly now: () => number;
  readonly newId: () => string;
  /** Asks for a turn soon. */
  readonly wake: () => void;
  readonly onDisabled: (disabled: Disabled) => void;
  readonly limits: LaneLimits & SettleOptions;
}

/** An endpoint that the server itself has switched off. */
export interface Disabled {
  readonly app: AppId;
  readonly endpoint: string;
  readonly reason: string;
}

interface Finished {
  readonly lane: Lane;
  readonly delivery: Delivery;
  readonly result: PostResult;
}

const TEST_EVENT = '{"name":"channel_occupied","channel":"vask-test"}';
const HOUR_MS = 3_600_000;

export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly settle: Settle;
  readonly #apps = new Map<
    AppId,
    { readonly wanted: ReadonlySet<WebhookEventName>; readonly lanes: readonly Lane[] }
  >();
  readonly #lanes = new Map<string, Lane>();
  #facts: Fact[] = [];
  #finished: Finished[] = [];
  /** Not on disk yet. It has been settled, so it is never dropped, whatever the disk says. */
  #unwritten: Change[] = [];
  #isStopping = false;
  readonly #tests = new TestAllowance();
  /** Posts since it was made, tests left out. */
  attempts = 0;
  /** Those of them that were not taken. */
  failures = 0;

  constructor(parts: DispatcherParts, apps: readonly WebhookApp[]) {
    this.#parts = parts;
    this.settle = new Settle(parts.limits, parts.journal.announced(), parts.isAmongOthers ? null : parts.now());
    this.configure(apps);
    if (!parts.isAmongOthers) this.dropStrangers();
  }

  /** Forgets what the journal has for endpoints that are not known here. */
  dropStrangers(): void {
    for (const endpoint of this.#parts.journal.endpoints()) {
      if (!this.#lanes.has(endpoint)) this.#unwritten.push({ kind: 'dropped', endpoint });
    }
  }

  add(facts: readonly Fact[]): void {
    for (const fact of facts) this.#facts.push(fact);
    this.#parts.wake();
  }

  /** From now on these are the apps and endpoints, and nothing is sent to any other. */
  configure(apps: readonly WebhookApp[]): void {
    // What has come before was meant for the endpoints of before, and is written with what it has announced.
    this.#settleFacts();
    for (const lane of this.#lanes.values()) lane.putAside(this.#laneTurn());
    this.#apps.clear();
    const known = new Set<string>();
    for (const app of apps) {
      const lanes = app.endpoints.map((endpoint) => this.#laneOf(app, endpoint));
      for (const { endpoint } of lanes) known.add(endpoint.id);
      this.#apps.set(app.app, { wanted: wantedFacts(app), lanes });
    }
    for (const [id, lane] of this.#lanes) {
      if (known.has(id)) continue;
      lane.close(this.#laneTurn());
      this.#lanes.delete(id);
      this.#unwritten.push({ kind: 'dropped', endpoint: id });
    }
    this.#forgetUntold();
    this.#parts.wake();
  }

  /** Throws when the disk does not take it; the next turn tries again. One ends before the next begins. */
  turn(): Answer<void> {
    this.#write();
    this.#settleFacts();
    for (const settled of this.settle.expired(this.#parts.now())) this.#emit(settled);
    const turn = this.#laneTurn();
    for (const { lane, delivery, result } of this.#finished.splice(0)) this.#finish(lane, delivery, result, turn);
    for (const lane of this.#lanes.values()) {
      lane.bury(turn);
      lane.advance(turn);
    }
    this.#write();
    return then(this.#parts.durable(), () => this.#startPosts(turn.nowMs));
  }

  /** When the next turn has something to do by itself; Infinity for never. */
  get dueMs(): number {
    let dueMs = this.settle.nextDueMs ?? Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes.values()) dueMs = Math.min(dueMs, lane.dueMs);
    return dueMs;
  }

  get isPosting(): boolean {
    return [...this.#lanes.values()].some(({ underWay }) => underWay !== null);
  }

  /** No further post is begun; those under way may end. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Another one does the work from now on: posts under way are given up, and what they would have told is forgotten. */
  abandon(): void {
    this.#isStopping = true;
    for (const { underWay } of this.#lanes.values()) underWay?.abort(new Error('another node sends from now on'));
  }

  /** Posts an event that never happened, once, past the queue, if the app has not done so too often. Null when there is no such endpoint. */
  async test(app: AppId, endpointId: string): Promise<Attempt | null> {
    const lane = this.#lanes.get(endpointId);
    if (lane === undefined || lane.app.app !== app) return null;
    const { now, newId, post } = this.#parts;
    const atMs = now();
    const body = `{"time_ms":${atMs},"events":[${TEST_EVENT}]}`;
    const id = newId();
    const made = { id: 0, delivery: id, app, endpoint: endpointId, atMs, attempt: 1, isTest: true, body };
    if (!this.#tests.take(app, atMs)) {
      const error = `not sent: at most ${TESTS_A_MINUTE} tests a minute for one app`;
      return { ...made, status: null, durationMs: 0, error, answer: null };
    }
    const attempt: Attempt = { ...made, ...(await post(letterOf(lane, id, body))) };
    this.#unwritten.push({ kind: 'attempt', attempt });
    this.#parts.wake();
    return attempt;
  }

  /** Makes dead letters wait again; the answer is how many. */
  replay(selection: Selection): number {
    this.#write();
    const revived = this.#parts.journal.revive(selection, this.#parts.now());
    let count = 0;
    for (const [endpoint, deliveries] of revived) {
      const lane = this.#lanes.get(endpoint);
      lane?.revived(deliveries);
      lane?.retryNow();
      count += deliveries;
    }
    this.#parts.wake();
    return count;
  }

  #laneOf(app: WebhookApp, endpoint: Endpoint): Lane {
    const known = this.#lanes.get(endpoint.id);
    if (known === undefined) {
      const lane = new Lane(app, endpoint, this.#parts.journal);
      this.#lanes.set(endpoint.id, lane);
      if (!lane.isOpen) lane.close(this.#laneTurn());
      return lane;
    }
    const isSame = known.endpoint.url === endpoint.url && known.endpoint.enabled === endpoint.enabled;
    known.app = app;
    known.endpoint = endpoint;
    if (!isSame) {
      known.isGivenUp = false;
      known.retryNow();
      if (!known.isOpen) known.close(this.#laneTurn());
    }
    return known;
  }

  // Where nobody is told any more, nobody knows: whoever is there when somebody is told again counts as new.
  #forgetUntold(): void {
    const forgotten = this.settle.forget(
      ({ app, user }) => this.#apps.get(app)?.wanted.has(user === null ? 'channel_occupied' : 'member_added') === true,
    );
    for (const key of forgotten) this.#unwritten.push({ kind: 'announced', key, isThere: false });
  }

  #settleFacts(): void {
    const nowMs = this.#parts.now();
    for (const fact of this.#facts.splice(0)) {
      // What has been gone long enough by now is told before what has come since.
      for (const settled of this.settle.expired(nowMs)) this.#emit(settled);
      const settled = this.settle.settle(fact, nowMs);
      if (settled !== null) this.#emit(settled);
    }
  }

  #emit({ fact, announced }: Settled): void {
    const known = this.#apps.get(fact.app);
    if (known === undefined || !known.wanted.has(fact.name)) {
      // It was on its way when the endpoints changed.
      if (announced !== null) this.#forgetUntold();
      return;
    }
    if (announced !== null) this.#unwritten.push({ kind: 'announced', ...announced });
    let json: string | null = null;
    for (const lane of known.lanes) {
      if (lane.isGivenUp || !selects(lane.endpoint, fact)) continue;
      json ??= eventJson(fact);
      lane.add(json, this.#parts.now());
    }
  }

  #laneTurn(): LaneTurn {
    const { journal, newId, limits, now } = this.#parts;
    return { journal, newId, limits, nowMs: now(), changes: this.#unwritten };
  }

  #write(): void {
    if (this.#unwritten.length === 0) return;
    this.#parts.journal.write(this.#unwritten);
    this.#unwritten.length = 0;
  }

  #startPosts(nowMs: number): void {
    if (this.#isStopping) return;
    for (const lane of this.#lanes.values()) if (lane.current !== null) this.#start(lane, lane.current, nowMs);
  }

  #start(lane: Lane, delivery: Delivery, nowMs: number): void {
    if (lane.underWay !== null || !lane.isOpen || nowMs < lane.retryAtMs) return;
    lane.underWay = new AbortController();
    const atMs = this.#parts.now();
    const attempt = ++lane.attempts;
    void this.#parts.post(letterOf(lane, delivery.id, delivery.body), lane.underWay.signal).then((result) => {
      this.attempts++;
      if (!isAccepted(result.status)) this.failures++;
      const { id, app, endpoint, body } = delivery;
      this.#unwritten.push({
        kind: 'attempt',
        attempt: { id: 0, delivery: id, app, endpoint, atMs, attempt, isTest: false, body, ...result },
      });
      this.#finished.push({ lane, delivery, result });
      this.#parts.wake();
    });
  }

  #finish(lane: Lane, delivery: Delivery, result: PostResult, turn: LaneTurn): void {
    lane.underWay = null;
    // Switched off or taken away meanwhile: it is a dead letter by now, or forgotten.
    if (lane.current?.id !== delivery.id) return;
    const isHopeless = lane.finish(delivery, result, turn);
    if (!isHopeless) return;
    lane.isGivenUp = true;
    lane.failingSinceMs = null;
    lane.close(turn);
    turn.changes.push({ kind: 'failing', endpoint: lane.endpoint.id, sinceMs: null });
    const hours = Math.round(this.#parts.limits.disableMs / HOUR_MS);
    const last = result.error ?? `status ${result.status}`;
    const reason = `It has failed for ${hours} hours; the last attempt ended with: ${last}`;
    this.#parts.onDisabled({ app: lane.app.app, endpoint: lane.endpoint.id, reason });
  }
}

function letterOf({ app: { signingKey }, endpoint: { url, headers } }: Lane, id: string, body: string): Letter {
  return { id, url, headers, body, signingKey };
}
