// However a session ends, all that was under way fails, and it says why once.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { openCut } from '../support/cut.ts';
import { type Redis, redisDirectory, startRedis } from '../support/redis.ts';
import { ADD, faultOf, faultOfOpening, nextTurn, type OpenSession, open } from './stage.ts';

/** One command that is sent, one that waits for the next turn, a script and a subscription. */
function underWay({ session }: OpenSession): Promise<readonly string[]> {
  const commands = session.commands(0);
  const sent = [commands.get('a'), ADD.run(commands, ['b'], [1]), session.subscriber(0).subscribe('c')];
  return Promise.all(sent.map(faultOf));
}

/** Those that say something else than the two ways in which the client says that the connection is gone. */
function others(faults: readonly string[]): readonly string[] {
  return faults.filter((fault) => !/^(Connection is closed|Stream isn't writeable)/.test(fault));
}

describe.skipIf(redisDirectory() === null)('the end of a session', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
  });

  test('the server is killed', async () => {
    await using opened = await open(redis.url);
    redis.pause();
    const [early, late] = [underWay(opened), nextTurn().then(() => underWay(opened))];
    await redis.kill();
    expect((await Promise.all([early, late])).flatMap(others)).toEqual([]);
    expect((await opened.ended).message).toStartWith(`Redis at 127.0.0.1:${redis.port}: `);
    expect(others(await underWay(opened))).toEqual([]);
    expect(await faultOfOpening(redis.url)).toContain('ECONNREFUSED');
    await redis.restart();
  });

  test('the cable is cut', async () => {
    const cable = await openCut(redis.port);
    await using opened = await open(`redis://127.0.0.1:${cable.port}`);
    cable.freeze();
    const lost = underWay(opened);
    await cable.cut();
    expect(others(await lost)).toEqual([]);
    expect((await opened.ended).message).toContain(`127.0.0.1:${cable.port}`);
    await cable.heal();
    await using again = await open(`redis://127.0.0.1:${cable.port}`);
    expect(await again.session.commands(0).ping()).toBe('PONG');
    await cable.close();
  });

  test('it is told to end while the server says nothing', async () => {
    const cable = await openCut(redis.port);
    await using opened = await open(`redis://127.0.0.1:${cable.port}`);
    cable.freeze();
    const lost = underWay(opened);
    const why = new Error('nothing came for too long');
    opened.session.end(why);
    opened.session.end(new Error('another reason'));
    expect(await opened.ended).toBe(why);
    expect(others(await lost)).toEqual([]);
    const { promise: told, resolve } = Promise.withResolvers<Error>();
    opened.session.onEnd(resolve);
    expect(await told).toBe(why);
    await cable.close();
  });

  test.each(['commands', 'subscriber'] as const)(
    'one of its connections is closed by the server: %s',
    async (which) => {
      await using opened = await open(redis.url);
      const id = await opened.session[which](0).client('ID');
      await redis.command('CLIENT', 'KILL', 'ID', String(id));
      await opened.ended;
      expect(others(await underWay(opened))).toEqual([]);
    },
  );

  test('the server has become a replica', async () => {
    await using opened = await open(redis.url);
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    expect(await faultOf(opened.session.commands(0).set('a', 1))).toContain('READONLY');
    expect((await opened.ended).message).toContain('READONLY');
    expect(await faultOfOpening(redis.url)).toContain('is a replica, but the master is needed');
    await redis.command('REPLICAOF', 'NO', 'ONE');
  });

  test('a script meets a server that has become a replica', async () => {
    await using opened = await open(redis.url);
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    expect(await faultOf(ADD.run(opened.session.commands(0), ['a'], [1]))).toContain('READONLY');
    expect((await opened.ended).message).toContain('READONLY');
    await redis.command('REPLICAOF', 'NO', 'ONE');
  });

  test('a fault of a single command is no end', async () => {
    await using opened = await open(redis.url);
    const commands = opened.session.commands(0);
    await commands.set('text', 'MOVED 1 elsewhere');
    expect(await faultOf(commands.incr('text'))).toContain('not an integer');
    expect(await commands.ping()).toBe('PONG');
  });
});

describe.skipIf(redisDirectory() === null)('opening in vain', () => {
  test('a server that takes the connection and says nothing', async () => {
    await using redis = await startRedis();
    redis.pause();
    const fault = await faultOfOpening(redis.url, { connectTimeoutMs: 200 });
    expect(fault).toBe(`127.0.0.1:${redis.port} did not answer within 200 ms`);
  });

  test('a server of the other kind', async () => {
    await using single = await startRedis();
    await using part = await startRedis({ directives: { 'cluster-enabled': 'yes' } });
    expect(await faultOfOpening(part.url)).toContain('is part of a cluster');
    expect(await faultOfOpening(`redis+cluster://127.0.0.1:${single.port}`)).toContain('cluster support disabled');
    expect(await faultOfOpening(`redis+cluster://127.0.0.1:${part.port}`)).toContain('the cluster does not work');
  });
});
