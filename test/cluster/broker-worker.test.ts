// A worker whose broker does not answer, or ends.
import { describe, expect, test } from 'bun:test';
import { Unavailable } from '../../src/engine/failure.ts';
import type { EventDelivery } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import { openBrokerLines } from '../support/broker-lines.ts';
import { openSilentBroker } from '../support/silent-broker.ts';

const APP = 'app' as AppId;
const EVENT: EventDelivery = {
  kind: 'event',
  app: APP,
  channel: 'news' as ChannelName,
  frame: '{}',
  except: null,
  keptSeconds: 0,
};

describe('a broker that does not answer', () => {
  test('is told of after some seconds: publishes and questions are refused, changes wait', async () => {
    await using broker = await openSilentBroker();
    const { cluster } = broker.worker;
    const question = Promise.resolve(cluster.ledger.count(APP, EVENT.channel));
    const change = Promise.resolve(cluster.ledger.signIn(APP, 'alice' as UserId));
    broker.clock.advance(3_000);
    expect(cluster.liveness.absence).toBeNull();
    broker.clock.advance(500);
    expect(cluster.liveness.absence).toBe('the first process does not answer');
    await expect(question).rejects.toThrow(Unavailable);
    await expect(Promise.resolve(cluster.bus.publish(EVENT))).rejects.toThrow(Unavailable);

    broker.answerAll();
    expect(await change).toBeUndefined();
    await cluster.ledger.signOut(APP, 'alice' as UserId);
    expect(cluster.liveness.absence).toBeNull();
    expect(await cluster.bus.publish(EVENT)).toBeUndefined();
  });

  test('is given up when changes have waited for as long as they may', async () => {
    await using broker = await openSilentBroker();
    const change = Promise.resolve(broker.worker.cluster.ledger.signIn(APP, 'alice' as UserId));
    change.catch(() => undefined);
    broker.clock.advance(75_500);
    expect(await broker.ended).toBe('the first process has not answered for too long');
    await expect(change).rejects.toThrow(Unavailable);
  });
});

describe('a broker that ends', () => {
  test('takes the cluster with it: what waits is refused, and so is everything that follows', async () => {
    await using lines = openBrokerLines();
    const worker = await lines.worker();
    const { bus, ledger, liveness } = worker.cluster;
    lines.stop();
    expect(await worker.ended).toContain('closed');
    expect(liveness.absence).toContain('the first process');
    await expect(Promise.resolve(bus.publish(EVENT))).rejects.toThrow(Unavailable);
    await expect(Promise.resolve(ledger.signIn(APP, 'alice' as UserId))).rejects.toThrow(Unavailable);
  });

  test('is not told of to a worker that has stopped by itself', async () => {
    await using lines = openBrokerLines();
    const worker = await lines.worker();
    let hasEnded = false;
    void worker.ended.then(() => {
      hasEnded = true;
    });
    worker.stop();
    await lines.untilEnded(1);
    expect(hasEnded).toBe(false);
  });
});
