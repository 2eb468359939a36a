// The contract of the bus: publications that belong together, and requests that may be sent again.
import { describe, expect, test } from 'bun:test';
import type { Once, Publication } from '../../src/engine/ports.ts';
import type { AppId, ChannelName } from '../../src/protocol/ids.ts';
import { APP, NEWS, OTHER_APP, ROOM, type Stage } from './stage.ts';

const CHANNELS: readonly ChannelName[] = [NEWS, ROOM, 'a' as ChannelName, 'b' as ChannelName];
const ONCE: Once = { key: 'order 7/ü', digest: 'one', keptSeconds: 60 };

const all = (frame: string, app: AppId = APP): readonly Publication[] =>
  CHANNELS.map((channel) => ({
    delivery: { kind: 'event', app, channel, frame, except: null, keptSeconds: 0 },
    remember: null,
  }));

export function requestsContract(stage: () => Stage): void {
  const send = async (at: 0 | 1 | 2, publications: readonly Publication[], once: Once | null) =>
    await stage().nodes[at].bus.publishAll(publications, once);

  /** The frames that every node has heard, by channel. */
  async function framesHeard(app: AppId = APP): Promise<Readonly<Record<string, readonly string[]>>> {
    const [first, ...others] = (await stage().heard()).map((heard) => {
      const events = heard.flatMap((each) => (each.kind === 'event' && each.app === app ? [each] : []));
      return Object.fromEntries(
        CHANNELS.map((channel) => [
          channel,
          events.filter((each) => each.channel === channel).map(({ frame }) => frame),
        ]),
      );
    });
    for (const other of others) expect(other).toEqual(first ?? {});
    return first ?? {};
  }

  const each = (...frames: readonly string[]) => Object.fromEntries(CHANNELS.map((channel) => [channel, frames]));

  describe('requests', () => {
    test('all publications of one reach all nodes', async () => {
      await stage().listen(CHANNELS);
      expect(await send(0, all('1'), null)).toBe('sent');
      expect(await send(0, all('2'), null)).toBe('sent');
      expect(await send(0, [], null)).toBe('sent');
      expect(await framesHeard()).toEqual(each('1', '2'));
    });

    test('[H-10.2] one that is sent again under its name does nothing, on any node', async () => {
      await stage().listen(CHANNELS);
      expect(await send(0, all('1'), ONCE)).toBe('sent');
      expect(await send(0, all('1'), ONCE)).toBe('again');
      expect(await send(1, all('1'), ONCE)).toBe('again');
      expect(await framesHeard()).toEqual(each('1'));
    });

    test('[H-10.3] something else under the same name is a conflict, and does nothing', async () => {
      await stage().listen(CHANNELS);
      expect(await send(0, all('1').slice(0, 1), ONCE)).toBe('sent');
      expect(await send(1, all('2'), { ...ONCE, digest: 'two' })).toBe('conflict');
      expect(await framesHeard()).toEqual({ ...each(), [NEWS]: ['1'] });
    });

    test('[H-10.1] [H-10.4] names of two apps do not meet, and are forgotten in time', async () => {
      await stage().listen(CHANNELS);
      expect(await send(0, all('1'), ONCE)).toBe('sent');
      expect(await send(0, all('2', OTHER_APP), { ...ONCE, digest: 'two' })).toBe('sent');
      await stage().pass(60_001);
      expect(await send(0, all('3'), { ...ONCE, digest: 'three' })).toBe('sent');
      expect(await framesHeard()).toEqual(each('1', '3'));
      await stage().nodes[0].bus.publishAll(all('4', OTHER_APP), { ...ONCE, digest: 'two' });
      expect(await framesHeard(OTHER_APP)).toEqual(each('4'));
    });

    test('[H-10.2] of those that are sent at the same time one is sent', async () => {
      await stage().listen(CHANNELS);
      const answers = await Promise.all([0, 1, 2, 0, 1, 2].map((at) => send(at as 0 | 1 | 2, all('1'), ONCE)));
      expect(answers).toContain('sent');
      expect(answers).not.toContain('conflict');
      expect(await framesHeard()).toEqual(each('1'));
    });
  });
}
