// Life after life: the node opens a session, becomes known under a new id, hears what it heard before, says anew what it
// holds, gives back what is left under its earlier ids, and takes part until something fails.
import { Unavailable } from '../../engine/failure.ts';
import type { Clock, Liveness, NodeReport, NodeSide, Observe, Outbox } from '../../engine/ports.ts';
import type { KeySpace } from '../../redis/partitions.ts';
import type { RedisSession } from '../../redis/session.ts';
import { numberOf, textsOf } from './answers.ts';
import { Beats, LEASE_MS } from './beats.ts';
import { type Gate, messageOf } from './gate.ts';
import type { Hearing } from './hearing.ts';
import { Life } from './life.ts';
import { Patience } from './patience.ts';
import { reap } from './reap.ts';
import { describeNode, isWhole, nameOfNode, nodeReport } from './report.ts';
import { restate } from './restate.ts';
import { steps } from './scripts.ts';

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** More lives than that do not fail one after another without the others having reaped the earlier ones. */
const MOST_OLDS = 32;
/** How long a node waits for the others to say anew what they hold, before it compares. */
const LONGEST_GATHERING_MS = 3_000;
/** The same for those who are back, and have much to say. */
const LONGEST_HEARING_OUT_MS = 30_000;
const LOOK_AGAIN_MS = 50;
/** How long a node that is away waits for its return when it is to withdraw. The others will undo what it holds. */
const LONGEST_RETURN_MS = 2_000;
/** How long giving everything back may take. A server that hangs must not keep the process; the others undo the rest. */
const LONGEST_WITHDRAWAL_MS = 10_000;

export interface LivenessParts {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly hearing: Hearing;
  readonly keys: KeySpace;
  readonly name: string;
  readonly version: string;
  readonly observe: Observe;
  readonly outbox: Pick<Outbox, 'wants'>;
  readonly randomId: () => string;
  /** Opens a session whose connections have this name. */
  readonly open: () => Promise<RedisSession>;
  /** The node takes part: what has waited may be sent. */
  readonly onReady: () => void;
}

export class RedisLiveness implements Liveness {
  readonly #parts: LivenessParts;
  readonly #startedAtMs: number;
  readonly #joined = Promise.withResolvers<void>();
  readonly #patience: Patience;
  readonly #stopped = Promise.withResolvers<void>();
  /** By partition, the word of the world in which the node was. */
  readonly #worlds = new Map<number, string>();
  /** Partitions that have lost everything since the node was whole there. */
  readonly #lost = new Set<number>();
  #hasJoined = false;
  #side: NodeSide | null = null;
  #life: Life | null = null;
  #beats: Beats | null = null;
  #olds: string[] = [];
  /** The names of the others, as last seen. */
  #others: ReadonlySet<string> = new Set();
  #lives = 0;
  #attempts = 0;
  /** Whether the node has said anew all that it holds. */
  #isWhole = false;
  /** Whether this absence has been told. */
  #isTold = false;

  constructor(parts: LivenessParts) {
    this.#parts = parts;
    this.#patience = new Patience(parts.clock);
    this.#startedAtMs = parts.clock.now();
    this.#joined.promise.catch(() => undefined);
  }

  get absence(): string | null {
    return this.#parts.gate.absence;
  }

  /** How many lives have begun to take part. */
  get lives(): number {
    return this.#lives;
  }

  get attempts(): number {
    return this.#attempts;
  }

  join(side: NodeSide): Promise<void> {
    this.#side = side;
    void this.#live(side);
    return this.#joined.promise;
  }

  nodes(): Promise<readonly NodeReport[]> {
    return this.#parts.gate.ask(async (life) => {
      const told = textsOf(await life.run(0, steps.nodes, []));
      const reports: NodeReport[] = [];
      for (let at = 0; at < told.length; at += 3) {
        const [id = '', leaseMs, text = ''] = told.slice(at, at + 3);
        const own = id === life.id ? this.#describe(this.#beats?.lagMs ?? 0) : text;
        reports.push(nodeReport({ id, leaseMs: numberOf(leaseMs), text: own, isSelf: id === life.id }));
      }
      return reports;
    });
  }

  async withdraw(): Promise<void> {
    const { clock, gate, outbox } = this.#parts;
    // What is held under an earlier id can be given back only by a node that takes part.
    const untilMs = clock.now() + LONGEST_RETURN_MS;
    while (this.#hasJoined && gate.absence !== null && clock.now() < untilMs) await this.#patience.pause(LOOK_AGAIN_MS);
    const life = gate.open;
    gate.closeForGood('the node has ended taking part');
    // From here on the life has no beats that would end it when Redis hangs.
    this.#beats?.stop();
    const cancel = clock.after(LONGEST_WITHDRAWAL_MS, () =>
      life?.end(new Error('Redis has not taken back everything')),
    );
    try {
      if (life !== null) {
        await Promise.all(life.partitions.map((partition) => life.change(partition, steps.withdraw, [LEASE_MS])));
        await giveBack(life, outbox, [life.id]);
        await finish(life, outbox);
      }
    } finally {
      cancel();
      this.#stop();
    }
  }

  /** Ends at once. What the node still holds is for the others to undo. */
  async stop(): Promise<void> {
    this.#parts.gate.closeForGood('the node has stopped');
    this.#stop();
    await this.#stopped.promise;
  }

  #stop(): void {
    this.#patience.end();
    this.#life?.end(new Error('the node has ended taking part'));
    if (this.#side === null) this.#stopped.resolve();
    this.#joined.reject(new Unavailable('the node has stopped'));
  }

  async #live(side: NodeSide): Promise<void> {
    const { gate } = this.#parts;
    let pauseMs = SHORTEST_PAUSE_MS;
    while (!this.#patience.isOver) {
      try {
        const life = await this.#begin(side);
        pauseMs = SHORTEST_PAUSE_MS;
        await life.ended;
      } catch (error) {
        // Ends what has begun, if it has. What a life has ended of is why its steps fail then, not the other way round.
        this.#life?.end(error);
        const why = this.#life === null ? null : gate.absence;
        this.#life = null;
        if (!this.#patience.isOver) this.#away(why ?? messageOf(error));
      }
      if (this.#patience.isOver) break;
      await this.#patience.pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    gate.closeForGood('the node has ended taking part');
    this.#stopped.resolve();
  }

  // Once for each absence: it may take long, and every attempt fails in the same way.
  #away(why: string): void {
    this.#parts.gate.close(why);
    if (this.#isTold) return;
    this.#isTold = true;
    this.#parts.observe({ kind: 'failed', doing: 'taking part in the cluster', error: why });
  }

  async #begin(side: NodeSide): Promise<Life> {
    const { gate, hearing, keys, outbox, name, randomId } = this.#parts;
    this.#attempts += 1;
    const tooLate = new Error('the node has stopped');
    const session = await this.#patience.of(this.#parts.open(), (late) => late.end(tooLate));
    if (this.#patience.isOver) throw tooLate;
    const life = new Life(session, keys, `${name}.${randomId()}`, this.#olds);
    this.#life = life;
    this.#isWhole = false;
    session.onEnd((why) => gate.close(messageOf(why)));
    await hearing.begin(life, (partition, message) => this.#hearInbox(life, partition, message));
    const olds = this.#olds;
    this.#olds = [...olds, life.id].slice(-MOST_OLDS);
    await this.#register(life);
    this.#beats = this.#newBeats(life);
    await restate(life, side.holdings(), outbox);
    await gate.admitChanges(life);
    await giveBack(life, outbox, olds);
    life.olds = '';
    this.#olds = [life.id];
    this.#isWhole = true;
    this.#beats.next();
    if (this.#hasJoined && this.#lost.size > 0) await this.#gather(life);
    if (life.hasEnded) await life.ended;
    this.#lost.clear();
    this.#ready(side);
    return life;
  }

  #ready(side: NodeSide): void {
    this.#lives += 1;
    this.#isTold = false;
    this.#parts.gate.admitAll();
    this.#parts.onReady();
    if (this.#hasJoined) side.rejoined();
    this.#hasJoined = true;
    this.#joined.resolve();
  }

  async #register(life: Life): Promise<void> {
    const word = this.#parts.randomId();
    const register = async (partition: number): Promise<void> => {
      const told = partition === 0 ? this.#describe(0) : '';
      const answer = await life.change(partition, steps.register, [LEASE_MS, told, word]);
      const [world = '', serverMs] = textsOf(answer);
      life.noteAnswer(partition, numberOf(serverMs));
      const before = this.#worlds.get(partition);
      if (before !== undefined && before !== world) this.#lost.add(partition);
      this.#worlds.set(partition, world);
    };
    await Promise.all(life.partitions.map(register));
  }

  // Everything was lost, and each node only says what it holds itself: whoever compares before the others have said it
  // would take their members for gone.
  async #gather(life: Life): Promise<void> {
    const { clock } = this.#parts;
    const sinceMs = clock.now();
    const missing = new Set(this.#others);
    let mostMs = LONGEST_GATHERING_MS;
    while (missing.size > 0 && clock.now() - sinceMs < mostMs && !this.#patience.isOver) {
      const told = textsOf(await life.run(0, steps.nodes, []));
      mostMs = LONGEST_GATHERING_MS;
      for (let at = 0; at < told.length; at += 3) {
        const name = nameOfNode(told[at] ?? '');
        if (isWhole(told[at + 2] ?? '')) missing.delete(name);
        else if (missing.has(name)) mostMs = LONGEST_HEARING_OUT_MS;
      }
      if (missing.size > 0) await this.#patience.pause(LOOK_AGAIN_MS);
    }
  }

  #hearInbox(life: Life, partition: number, message: string): void {
    if (message.startsWith('m')) life.hearMark(message);
    else if (message.startsWith('b')) this.#beats?.hear(partition, message);
  }

  #newBeats(life: Life): Beats {
    return new Beats(life, {
      clock: this.#parts.clock,
      outbox: this.#parts.outbox,
      describe: (lagMs) => this.#describe(lagMs),
      see: (nodes) => {
        // While it comes back, the node remembers who was there before.
        if (this.#parts.gate.absence !== null) return;
        const others = nodes.map(nameOfNode).filter((name) => name !== this.#parts.name);
        this.#others = new Set(others);
      },
    });
  }

  #describe(lagMs: number): string {
    const { name, version } = this.#parts;
    const report = this.#side?.report() ?? { connections: 0, repairs: 0 };
    return describeNode({ name, version, startedAtMs: this.#startedAtMs, lagMs, isWhole: this.#isWhole, ...report });
  }
}

/** Undoes what is held under earlier ids of the node, which it has a claim on. */
async function giveBack(life: Life, outbox: Pick<Outbox, 'wants'>, ids: readonly string[]): Promise<void> {
  const undone = ids.flatMap((node) =>
    life.partitions.map((partition) => reap(life, outbox, { partition, node, isOwn: true })),
  );
  await Promise.all(undone);
}

/** Undoes what is left of nodes that have been taken for gone: whoever leaves may be the last who can. */
async function finish(life: Life, outbox: Pick<Outbox, 'wants'>): Promise<void> {
  const finishIn = async (partition: number): Promise<void> => {
    const leaving = await life.read(partition, (redis) => redis.zrange(life.keys.key(partition, 'leaving'), '0', '-1'));
    if (leaving.length === 0) return;
    const others = await life.read(partition, (redis) => redis.zcard(life.keys.key(partition, 'nodes')));
    // A claim is a living node's. Where there is none, nobody has one.
    for (const node of leaving) await reap(life, outbox, { partition, node, isOwn: others === 0 });
  };
  await Promise.all(life.partitions.map(finishIn));
}
