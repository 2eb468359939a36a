import { describe, expect, test } from 'bun:test';
import type { HostAndPort, RedisAddress } from './address.ts';
import type { Ask } from './ask.ts';
import { masterOfSentinels } from './sentinels.ts';

describe('the master of sentinels', () => {
  const address = (sentinels: number): RedisAddress => ({
    kind: 'sentinel',
    hosts: Array.from({ length: sentinels }, (_, index) => ({ host: `sentinel-${index}`, port: 26_379 })),
    username: null,
    password: null,
    database: 0,
    tls: false,
    masterName: 'main',
    sentinelUsername: null,
    sentinelPassword: null,
  });
  /** @param answers of the sentinels in their order; null is one that is away, undefined one that never answers. */
  const masterAmong = async (answers: readonly (string | null | undefined)[]): Promise<string> => {
    const ask = async ({ host }: HostAndPort): Promise<HostAndPort> => {
      const answer = answers[Number(host.slice('sentinel-'.length))];
      if (answer === undefined) return await new Promise(() => undefined);
      if (answer === null) throw new Error(`${host} is away`);
      return { host: answer, port: 6_379 };
    };
    // The question is answered here, so its kind of answer is that of the one question there is.
    return (await masterOfSentinels(address(answers.length), ask as unknown as Ask)).host;
  };

  test('the one is believed that most of them name, without waiting for the others', async () => {
    expect(await masterAmong(['old', 'new', 'new'])).toBe('new');
    expect(await masterAmong(['new', undefined, 'new'])).toBe('new');
  });

  test('those that are left are believed', async () => {
    expect(await masterAmong([null, 'new', null])).toBe('new');
  });

  test('none is believed when they do not agree', async () => {
    await expect(masterAmong(['old', 'new'])).rejects.toThrow('do not agree');
  });

  test('that all are away is told of each', async () => {
    await expect(masterAmong([null, null])).rejects.toThrow('sentinel-0 is away; sentinel-1 is away');
  });
});
