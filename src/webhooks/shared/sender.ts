// The one node that sends: it reads the facts of all nodes, has them settled, and commits what came of them to Redis before
// anything is posted. It ends with the session or with the lease.
import type { Answer } from '../../engine/answer.ts';
import type { KeySpace } from '../../redis/partitions.ts';
import type { RedisSession } from '../../redis/session.ts';
import { answerOf } from '../answers.ts';
import type { Dispatcher, DispatcherParts } from '../dispatcher.ts';
import type { WebhookApp } from '../endpoint.ts';
import type { Question, Timing } from '../messages.ts';
import { AGAIN_MS, FINISH_MS, GATHER_MS, nowMs } from '../outbox-of-thread.ts';
import { Alarm } from './alarm.ts';
import { FactStreams } from './fact-streams.ts';
import { Looker } from './looker.ts';
import type { Memory, MemoryUser } from './memory.ts';
import { Fenced, type Mirror } from './mirror.ts';

export interface SenderParts {
  readonly session: RedisSession;
  readonly keys: KeySpace;
  readonly mirror: Mirror;
  readonly memory: Memory;
  readonly timing: Timing;
  readonly dispatcherParts: Omit<DispatcherParts, 'journal' | 'durable' | 'isAmongOthers' | 'wake'>;
  readonly report: (error: unknown) => void;
}

/** Between two looks for facts, while some are coming and while none are. */
const BUSY_READ_MS = 5;
const IDLE_READ_MS = 50;
/** So long after the last fact it is idle. */
const BUSY_MS = 1_000;
const TRIM_MS = 1_000;
/** The lease is renewed at this part of its time. */
const RENEW_PART = 0.3;
const FINISH_STEP_MS = 10;

export class Sender implements MemoryUser {
  readonly #parts: SenderParts;
  readonly #streams: FactStreams;
  readonly #alarm = new Alarm();
  readonly #looker: Looker;
  readonly #ready = Promise.withResolvers<void>();
  /** Who wait for the end of a turn that begins after now. */
  readonly #unkept: PromiseWithResolvers<void>[] = [];
  /** Not taken up yet. */
  #apps: readonly WebhookApp[] | null;
  #mustRewrite: boolean;
  #readAtMs = 0;
  #busyUntilMs = 0;
  #trimAtMs = 0;
  /** Why it cannot go on. */
  #end: Error | null = null;
  /** When posts under way are not waited for any more; null while it is not stopping. */
  #stopAtMs: number | null = null;

  /** @param mustRewrite whether Redis has less than the memory. */
  constructor(parts: SenderParts, apps: readonly WebhookApp[], mustRewrite: boolean) {
    const { session, keys, memory, report, timing } = parts;
    this.#parts = parts;
    this.#apps = apps;
    this.#mustRewrite = mustRewrite;
    this.#streams = new FactStreams(session, keys, memory.cursors, report);
    this.#looker = new Looker({ session, keys, firstLookMs: timing.firstLookMs, wake: () => this.wake() });
    // The one before may not have come to trim them.
    if (!mustRewrite) this.#streams.committed(memory.cursors);
    memory.user = this;
    session.onEnd((why) => this.#endWith(why));
  }

  /** Resolves when it can be asked. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Whether it can be asked. */
  get isReady(): boolean {
    return this.#parts.memory.dispatcher !== null && this.#end === null;
  }

  /** Until it was stopped. @throws {Fenced} when another node sends, and what has ended the session. */
  async run(): Promise<void> {
    const { memory, timing } = this.#parts;
    const timer = setInterval(() => void this.#renew(), timing.leaseMs * RENEW_PART);
    try {
      while (this.#end === null && !this.#isFinished()) {
        await this.#cycle();
        await this.#alarm.wait(this.#dueMs());
      }
      if (this.#end !== null) throw this.#end;
      if (memory.dispatcher !== null) await this.#turn(memory.dispatcher);
    } finally {
      memory.user = null;
      clearInterval(timer);
      this.#looker.stop();
      for (const { reject } of this.#unkept) reject(new Error('The node that sends webhooks has stopped.'));
    }
  }

  configure(apps: readonly WebhookApp[]): void {
    this.#apps = apps;
    this.#alarm.ring();
  }

  wake(): void {
    this.#alarm.set(nowMs() + GATHER_MS);
  }

  /** A replay is answered when it is kept. */
  async answer(question: Question): Promise<unknown> {
    const { memory } = this.#parts;
    if (memory.dispatcher === null) throw new Error('The webhooks are being taken over.');
    const value = await answerOf(question, memory.journal, memory.dispatcher);
    if (question.what !== 'replay') return value;
    const kept = Promise.withResolvers<void>();
    this.#unkept.push(kept);
    this.wake();
    await kept.promise;
    return value;
  }

  stop(): void {
    this.#stopAtMs = nowMs() + FINISH_MS;
    this.#parts.memory.dispatcher?.stop();
    this.#alarm.ring();
  }

  durable(): Answer<void> {
    const { memory, mirror } = this.#parts;
    if (this.#mustRewrite) return this.#rewrite();
    const moved = this.#streams.takeMoved();
    const changes = memory.rows.take();
    const isChange = moved.size > 0 || changes.some(({ removed, set }) => removed.length + set.length > 0);
    if (!isChange && mirror.isSure) return;
    return this.#commit(changes, moved);
  }

  async #commit(...[changes, moved]: [Parameters<Mirror['commit']>[1], ReadonlyMap<number, string>]): Promise<void> {
    const { memory, mirror } = this.#parts;
    if (!(await mirror.commit(memory, changes, moved))) return this.#rewrite();
    this.#streams.committed(moved);
  }

  async #rewrite(): Promise<void> {
    const { memory, mirror } = this.#parts;
    await this.#streams.rewind();
    const cursors = new Map(memory.cursors);
    await mirror.rewrite(memory, memory.rows.takeAll(), cursors);
    this.#streams.committed(cursors);
    this.#mustRewrite = false;
    this.#looker.lookAgain();
  }

  async #cycle(): Promise<void> {
    try {
      const dispatcher = this.#configured();
      const hasRead = await this.#read(dispatcher);
      if (hasRead || this.#mustRewrite || Math.min(this.#alarm.atMs, dispatcher.dueMs) <= nowMs()) {
        await this.#turn(dispatcher);
      }
      if (nowMs() >= this.#trimAtMs) {
        this.#trimAtMs = nowMs() + TRIM_MS;
        this.#streams.trim();
      }
      this.#looker.lookIfDue(dispatcher);
      this.#ready.resolve();
    } catch (error) {
      if (error instanceof Fenced) this.#endWith(error);
      if (this.#end !== null) throw this.#end;
      this.#parts.report(error);
      this.#alarm.pause(nowMs() + AGAIN_MS);
    }
  }

  async #turn(dispatcher: Dispatcher): Promise<void> {
    this.#alarm.clear();
    // What is changed while it is under way is not in it.
    const unkept = this.#unkept.length;
    await dispatcher.turn();
    for (const { resolve } of this.#unkept.splice(0, unkept)) resolve();
  }

  /** Until it succeeds nothing is read: facts would go to the endpoints of before. */
  #configured(): Dispatcher {
    const { memory, dispatcherParts } = this.#parts;
    const apps = this.#apps;
    if (apps !== null) {
      memory.configure(apps, dispatcherParts);
      this.#apps = null;
      this.#alarm.set(0);
    }
    if (memory.dispatcher === null) throw new Error('There is no dispatcher.');
    return memory.dispatcher;
  }

  async #read(dispatcher: Dispatcher): Promise<boolean> {
    if (this.#stopAtMs !== null || nowMs() < this.#readAtMs) return false;
    const facts = await this.#streams.read();
    const now = nowMs();
    if (facts.length > 0) {
      dispatcher.add(facts);
      this.#busyUntilMs = now + BUSY_MS;
    }
    const pauseMs = now < this.#busyUntilMs ? BUSY_READ_MS : IDLE_READ_MS;
    this.#readAtMs = this.#streams.hasMore ? now : now + pauseMs;
    return facts.length > 0;
  }

  #dueMs(): number {
    const { dispatcher } = this.#parts.memory;
    if (this.#end !== null) return 0;
    if (this.#stopAtMs !== null) return nowMs() + FINISH_STEP_MS;
    return Math.min(this.#readAtMs, Math.max(nowMs() + 1, dispatcher?.dueMs ?? 0));
  }

  #isFinished(): boolean {
    if (this.#stopAtMs === null) return false;
    return this.#parts.memory.dispatcher?.isPosting !== true || nowMs() >= this.#stopAtMs;
  }

  async #renew(): Promise<void> {
    const { mirror, memory } = this.#parts;
    if (mirror.isBusy || this.#end !== null) return;
    try {
      if (await mirror.renew(memory)) return;
      this.#mustRewrite = true;
      this.#alarm.ring();
    } catch (error) {
      this.#endWith(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #endWith(why: Error): void {
    this.#end ??= why;
    this.#alarm.ring();
  }
}
