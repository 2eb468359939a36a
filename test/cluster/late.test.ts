// A server that hung does not do afterwards what the node has given up (docs/http-api.md H-9.6).
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Unavailable } from '../../src/engine/failure.ts';
import type { Publication } from '../../src/engine/ports.ts';
import type { AppId, ChannelName } from '../../src/protocol/ids.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerNode } from '../support/ledger-nodes.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { SimulatedNode } from '../support/simulated-node.ts';

const APP = 'app' as AppId;
const NEWS = 'cache-news' as ChannelName;
const ONCE = { key: 'k', digest: 'd', keptSeconds: 600 };

const publication = (frame: string): Publication => ({
  delivery: { kind: 'event', app: APP, channel: NEWS, frame, except: null, keptSeconds: 60 },
  remember: { event: { name: frame, data: '' }, ttlSeconds: 60, maxChannels: 10, maxSize: 1_000 },
});

describe.skipIf(redisDirectory() === null)('a publish', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let node: SimulatedNode;
  beforeAll(async () => {
    server = await startRedis();
    node = new SimulatedNode(ledgerNode({ url: server.url, prefix: 'late:', name: 'node', wants: () => false }), APP);
    await node.start();
  }, 20_000);
  afterAll(async () => {
    await node.handle.stop();
    await server.stop();
  });

  test('[H-9.6, H-10.2] that was given up while the server hung is not done later, and can be sent again', async () => {
    const { bus, ledger, liveness } = node.handle.cluster;
    server.pause();
    const first: unknown = await Promise.resolve(bus.publishAll([publication('hello')], ONCE)).catch((error) => error);
    server.resume();
    expect(first).toBeInstanceOf(Unavailable);
    await eventually('a return', () => Promise.resolve(liveness.absence === null ? true : null));
    expect(await ledger.recall(APP, NEWS)).toBeNull();
    expect(await bus.publishAll([publication('hello')], ONCE)).toBe('sent');
    expect(await bus.publishAll([publication('hello')], ONCE)).toBe('again');
    expect((await ledger.recall(APP, NEWS))?.event.name).toBe('hello');
  }, 60_000);
});
