// The cluster on Redis or Valkey: the parts put together. The rules of the data are in lua/common.lua, those of a node's
// life in liveness.ts.
import type { Fact } from '../../core/facts.ts';
import type { Clock, Cluster, Observe, Outbox } from '../../engine/ports.ts';
import { describeAddress, type RedisAddress } from '../../redis/address.ts';
import { keySpaceOf } from '../../redis/partitions.ts';
import { openSession } from '../../redis/session.ts';
import { RedisBus } from './bus.ts';
import { Facts } from './facts.ts';
import { Gate } from './gate.ts';
import { Hearing } from './hearing.ts';
import { RedisLedger, recountsOf } from './ledger.ts';
import { RedisLiveness } from './liveness.ts';
import { ALL_STEPS } from './scripts.ts';

/** For opening a session as a whole. */
const CONNECT_TIMEOUT_MS = 5_000;

export interface RedisClusterOptions {
  readonly address: RedisAddress;
  /** Of the certificate authority, in PEM; null when the system knows it. */
  readonly ca: string | null;
  readonly prefix: string;
  /** Of the node, as people know it; different for all nodes. */
  readonly name: string;
  readonly version: string;
  readonly clock: Clock;
  /** Which facts somebody wants to be told of. */
  readonly outbox: Pick<Outbox, 'wants'>;
  readonly observe: Observe;
  /** A text that never comes twice. */
  readonly randomId: () => string;
}

export interface RedisClusterStatus {
  /** Where Redis is, without secrets. */
  readonly address: string;
  readonly absence: string | null;
  /** How often the node has begun to take part. */
  readonly lives: number;
  /** How often it has tried to. */
  readonly attempts: number;
  /** Facts that could not be handed on. */
  readonly lostFacts: number;
}

export interface RedisClusterHandle {
  readonly cluster: Cluster;
  /** Hands the fact on to those who make webhooks of it; never waits. */
  addFact(fact: Fact): void;
  status(): RedisClusterStatus;
  /** Ends at once, as a crash would, but for the connections, which are closed. */
  stop(): Promise<void>;
}

export function redisCluster(options: RedisClusterOptions): RedisClusterHandle {
  const { address, ca, prefix, clock, outbox, observe, randomId, version } = options;
  const keys = keySpaceOf(address, prefix);
  // It becomes part of ids, which stand in lists with a line each, and of the names of connections.
  const name = options.name.replaceAll(/[^\w.:@-]+/g, '-');
  const gate = new Gate(clock);
  const hearing = new Hearing(keys);
  const recounts = recountsOf(clock, gate, keys);
  const facts = new Facts(keys, () => gate.open);
  const liveness = new RedisLiveness({
    ...{ clock, gate, hearing, keys, name, version, observe, outbox, randomId },
    open: () =>
      openSession(address, { scripts: ALL_STEPS, connectTimeoutMs: CONNECT_TIMEOUT_MS, ca, name: `vask-${name}` }),
    onReady: () => {
      recounts.flush();
      facts.flush();
    },
  });
  const ledger = new RedisLedger({ gate, keys, outbox, recounts });
  return {
    cluster: { bus: new RedisBus(gate, hearing, keys), ledger, liveness },
    addFact: (fact) => facts.add(fact),
    status: () => ({
      address: describeAddress(address),
      absence: gate.absence,
      lives: liveness.lives,
      attempts: liveness.attempts,
      lostFacts: facts.lost,
    }),
    stop: () => liveness.stop(),
  };
}
