// The outbox that several nodes share: one of them sends, the others wait for it to stop, and all answer what is asked. A
// session with Redis that has ended is followed by another one.
import { parseRedisUrl, type RedisAddress } from '../../redis/address.ts';
import { type KeySpace, keySpaceOf } from '../../redis/partitions.ts';
import { openSession, type RedisSession } from '../../redis/session.ts';
import type { WebhookApp } from '../endpoint.ts';
import type { Question, SharedSettings, Timing, WebhookSettingsOfServer } from '../messages.ts';
import { dispatcherParts, FINISH_MS, messageOf, nowMs, type OutboxOfThread, type Tell } from '../outbox-of-thread.ts';
import { Alarm } from './alarm.ts';
import { Memory } from './memory.ts';
import { Fenced, Mirror, type Seen, type Taken } from './mirror.ts';
import { NOBODY, QuestionLine } from './questions.ts';
import { OUTBOX_SCRIPTS } from './scripts.ts';
import { Sender } from './sender.ts';

const TIMING: Timing = { leaseMs: 5_000, firstLookMs: 5_000 };
const CONNECT_MS = 5_000;
const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 1_000;
/** In the time of a lease, a node that waits looks so often whether it is free. */
const LOOKS = 5;
/** How long whoever asks waits for a node that can answer. */
const NOBODY_MS = 5_000;
const ASK_AGAIN_MS = 100;
/** For the last commit of a node that stops. */
const LAST_MS = 2_000;

export class SharedOutbox implements OutboxOfThread {
  readonly #settings: WebhookSettingsOfServer;
  readonly #shared: SharedSettings;
  readonly #timing: Timing;
  readonly #address: RedisAddress;
  readonly #tell: Tell;
  /** Of this thread, as the others know it. */
  readonly #name = Bun.randomUUIDv7();
  readonly #alarm = new Alarm();
  readonly #life: Promise<void>;
  #apps: readonly WebhookApp[];
  #session: RedisSession | null = null;
  #line: QuestionLine | null = null;
  #sender: Sender | null = null;
  /** What it has not committed, or what Redis may have lost since. */
  #memory: Memory | null = null;
  #seen: Seen | null = null;
  /** Since when Redis has less than was seen. */
  #lessSinceMs: number | null = null;
  #isAway = false;
  #isStopping = false;

  /** @throws when the address of Redis is none. */
  constructor(settings: WebhookSettingsOfServer, shared: SharedSettings, apps: readonly WebhookApp[], tell: Tell) {
    const address = parseRedisUrl(shared.redisUrl);
    if (typeof address === 'string') throw new Error(`The address of Redis ${address}.`);
    this.#settings = settings;
    this.#shared = shared;
    this.#timing = shared.timing ?? TIMING;
    this.#address = address;
    this.#apps = apps;
    this.#tell = tell;
    this.#life = this.#live();
  }

  configure(apps: readonly WebhookApp[]): void {
    this.#apps = apps;
    this.#sender?.configure(apps);
  }

  /** Facts come by Redis. */
  add(): void {
    throw new Error('A fact of several nodes was given to one of them.');
  }

  async answer(question: Question): Promise<unknown> {
    const endMs = nowMs() + NOBODY_MS;
    for (;;) {
      if (this.#sender?.isReady === true) return await this.#sender.answer(question);
      const answer = this.#line === null ? NOBODY : await this.#line.ask(question);
      if (answer !== NOBODY) return answer;
      if (this.#isStopping) throw new Error('The server is stopping.');
      if (nowMs() >= endMs) {
        throw new Error(this.#isAway ? 'Redis cannot be reached.' : 'No node sends webhooks at present.');
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#sender?.stop();
    this.#alarm.ring();
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, FINISH_MS + LAST_MS);
    await Promise.race([this.#life, late.promise]);
    clearTimeout(timer);
    this.#session?.end(new Error('The server is stopping.'));
  }

  async #live(): Promise<void> {
    for (let failures = 0; !this.#isStopping; ) {
      try {
        const session = await openSession(this.#address, {
          scripts: OUTBOX_SCRIPTS,
          connectTimeoutMs: CONNECT_MS,
          ca: this.#shared.ca,
          name: 'vask-webhooks',
        });
        this.#session = session;
        await this.#serve(session, () => {
          failures = 0;
          this.#isAway = false;
        });
      } catch (error) {
        this.#noteAway(error);
        failures++;
        if (this.#isStopping) break;
        this.#alarm.clear();
        await this.#alarm.wait(nowMs() + Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** failures));
      }
    }
    this.#memory?.close();
  }

  async #serve(session: RedisSession, onServing: () => void): Promise<void> {
    const keys = keySpaceOf(this.#address, this.#shared.prefix);
    const mirror = new Mirror(session, keys, this.#name, this.#timing.leaseMs);
    const line = new QuestionLine(session, keys, this.#name, () => this.#alarm.ring());
    let end: Error | null = null;
    session.onEnd((why) => {
      end = why;
      this.#alarm.ring();
    });
    try {
      await line.open();
      this.#line = line;
      onServing();
      while (end === null && !this.#isStopping) {
        // What is told from now on is not missed, though the answer may be older.
        this.#alarm.clear();
        const sender = await this.#take(session, keys, mirror);
        if (sender === null) await this.#alarm.wait(nowMs() + this.#timing.leaseMs / LOOKS);
        else await this.#send(sender, mirror, line);
      }
      if (end !== null) throw end;
    } finally {
      this.#line = null;
      session.end(new Error('The session has served its purpose.'));
    }
  }

  /** Null when it has to wait. */
  async #take(session: RedisSession, keys: KeySpace, mirror: Mirror): Promise<Sender | null> {
    const mine = this.#memory;
    const isPatient = this.#lessSinceMs !== null && nowMs() - this.#lessSinceMs >= this.#timing.leaseMs;
    // Only the first look of all may be at an outbox that has never been. After that there is somebody who may have it in
    // memory, also when nothing of it was written yet at that look.
    const isFirst = this.#seen === null;
    const taken = await mirror.take(mine ?? this.#seen, mine !== null || isFirst || isPatient);
    if (taken.what === 'waits') this.#lessSinceMs ??= nowMs();
    else this.#lessSinceMs = null;
    if (isFirst || (taken.what !== 'waits' && taken.id !== '')) this.#seen = { id: taken.id, version: taken.version };
    if (taken.what !== 'taken') {
      // Somebody goes on with what Redis has.
      if (taken.what === 'held') this.#forget();
      return null;
    }
    const hasLess = mine === null ? taken.id === '' : isLess(taken, mine);
    if (!hasLess) this.#forget();
    const memory = hasLess ? (mine ?? Memory.empty()) : await mirror.load(taken);
    this.#memory = memory;
    const parts = { session, keys, mirror, memory, timing: this.#timing };
    const report = (error: unknown): void => this.#tell({ kind: 'failed', error: messageOf(error) });
    const common = dispatcherParts(this.#settings, this.#tell);
    return new Sender({ ...parts, report, dispatcherParts: common }, this.#apps, hasLess);
  }

  async #send(sender: Sender, mirror: Mirror, line: QuestionLine): Promise<void> {
    try {
      this.#sender = sender;
      if (this.#isStopping) sender.stop();
      const running = sender.run();
      await Promise.race([sender.ready, running]);
      await line.serve((question) => sender.answer(question));
      await running;
      await mirror.release();
      await line.tellFree();
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      this.#tell({ kind: 'failed', error: error.message });
      this.#forget();
      await line.unserve();
    } finally {
      this.#sender = null;
    }
  }

  #forget(): void {
    this.#memory?.close();
    this.#memory = null;
  }

  /** An outage is told once. */
  #noteAway(error: unknown): void {
    if (this.#isAway || this.#isStopping) return;
    this.#isAway = true;
    this.#tell({ kind: 'failed', error: `the webhooks wait for Redis: ${messageOf(error)}` });
  }
}

/** Whether Redis has less than the memory: all of it was lost, or the end was. */
function isLess(taken: Taken, { id, version }: Seen): boolean {
  // Taking the lease has counted as one.
  return taken.id === '' || (taken.id === id && taken.version - 1 < version);
}
