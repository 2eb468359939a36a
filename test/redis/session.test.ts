// A session with one real Redis server.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { Script } from '../../src/redis/script.ts';
import { makeCertificate } from '../support/certificate.ts';
import { type Redis, redisDirectory, startRedis } from '../support/redis.ts';
import { ADD, faultOfOpening, open } from './stage.ts';

describe.skipIf(redisDirectory() === null)('a session with one server', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
  });

  test('has one partition, and the version of the server', async () => {
    await using opened = await open(redis.url);
    const { partitions, isSharded, version, subscribers } = opened.session;
    expect({ partitions, isSharded, subscribers: subscribers.length }).toMatchObject({
      partitions: 1,
      isSharded: false,
      subscribers: 1,
    });
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(() => opened.session.commands(1)).toThrow(RangeError);
  });

  test('keeps the order of all that is sent in one turn of the loop', async () => {
    await using opened = await open(redis.url);
    const commands = opened.session.commands(0);
    const sent = [commands.set('order', 1), ADD.run(commands, ['order'], [2]), commands.get('order')];
    expect(await Promise.all(sent)).toEqual(['OK', 3, '3']);
  });

  test('brings messages in the order in which they were published', async () => {
    await using opened = await open(redis.url);
    const subscriber = opened.session.subscriber(0);
    const heard: string[] = [];
    const { promise: last, resolve } = Promise.withResolvers<void>();
    subscriber.on('message', (channel, text) => {
      heard.push(`${channel} ${text}`);
      if (text === '299') resolve();
    });
    await subscriber.subscribe('one', 'other');
    const names = Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? 'one' : 'other'));
    await Promise.all(names.map((name, index) => opened.session.commands(0).publish(name, String(index))));
    await last;
    expect(heard).toEqual(names.map((name, index) => `${name} ${index}`));
  });

  test('knows its scripts from the start, and says them again when they were flushed', async () => {
    const script = new Script(`return 'said ' .. ARGV[1] -- ${crypto.randomUUID()}`, 'any');
    await using opened = await open(redis.url, { scripts: [script] });
    const commands = opened.session.commands(0);
    await redis.command('CONFIG', 'RESETSTAT');
    expect(await script.run(commands, [], ['once'])).toBe('said once');
    expect(String(await redis.command('INFO', 'commandstats'))).not.toContain('cmdstat_eval:');
    await redis.command('SCRIPT', 'FLUSH');
    const again = ['a', 'b', 'c'].map((text) => script.run(commands, ['key'], [text]));
    expect(await Promise.all(again)).toEqual(['said a', 'said b', 'said c']);
  });

  test('a script is not sent with another number of keys, and its own faults are told', async () => {
    const script = new Script("return redis.error_reply('FENCED away')", 0);
    await using opened = await open(redis.url, { scripts: [script] });
    const commands = opened.session.commands(0);
    await expect(script.run(commands, ['key'], [])).rejects.toThrow(RangeError);
    await expect(script.run(commands, [], [])).rejects.toThrow('FENCED away');
    expect(await commands.ping()).toBe('PONG');
  });

  test('its connections have the name of the node', async () => {
    await using _opened = await open(redis.url, { name: 'node-1.7' });
    const list = String(await redis.command('CLIENT', 'LIST'));
    expect(list.match(/name=node-1\.7 /g)).toHaveLength(2);
  });

  test('uses the database that the address names', async () => {
    await using opened = await open(`${redis.url}/5`);
    await opened.session.commands(0).set('where', 'five');
    expect(await redis.command('GET', 'where')).toBeNull();
  });
});

describe.skipIf(redisDirectory() === null)('who may', () => {
  test('a password of the default user, right and wrong', async () => {
    await using redis = await startRedis({ password: 'hu/sh:@,%' });
    await using opened = await open(redis.url);
    expect(await opened.session.commands(0).ping()).toBe('PONG');
    const wrong = await faultOfOpening(`redis://:wr0ng@127.0.0.1:${redis.port}`);
    expect(wrong).toContain('WRONGPASS');
    expect(wrong).not.toContain('wr0ng');
    expect(await faultOfOpening(`redis://127.0.0.1:${redis.port}`)).toContain('NOAUTH');
  });

  test('a user with rights on the prefix alone', async () => {
    await using redis = await startRedis({
      directives: { user: 'vask on >hush ~vask:* &vask:* +@all -@dangerous -@admin' },
    });
    await using opened = await open(`redis://vask:hush@127.0.0.1:${redis.port}`);
    const { session } = opened;
    expect(await ADD.run(session.commands(0), ['vask:{0}:a'], [1])).toBe(1);
    await session.subscriber(0).subscribe('vask:{0}:t');
    expect(await session.commands(0).publish('vask:{0}:t', 'x')).toBe(1);
    await expect(session.commands(0).get('other')).rejects.toThrow('NOPERM');
  });

  test('TLS with an authority of its own, which is checked', async () => {
    using certificate = makeCertificate();
    await using redis = await startRedis({ tls: certificate });
    const ca = readFileSync(certificate.cert, 'utf8');
    for (const host of ['127.0.0.1', 'localhost']) {
      await using opened = await open(`rediss://${host}:${redis.port}`, { ca });
      expect(await opened.session.commands(0).ping()).toBe('PONG');
    }
    expect(await faultOfOpening(redis.url)).toMatch(/self.signed|certificate/i);
    using other = makeCertificate();
    const fault = await faultOfOpening(redis.url, { ca: readFileSync(other.cert, 'utf8') });
    expect(fault).toMatch(/self.signed|certificate/i);
    const withoutTls = `redis://127.0.0.1:${redis.port}`;
    expect(await faultOfOpening(withoutTls, { connectTimeoutMs: 500 })).toContain(`127.0.0.1:${redis.port}`);
  });
});
