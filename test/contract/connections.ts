// The contract of the ledger: how many connections an app has on all nodes.
import { describe, expect, test } from 'bun:test';
import { appTopicOf } from '../../src/protocol/topics.ts';
import { APP, OTHER_APP, type Stage } from './stage.ts';

export function connectionsContract(stage: () => Stage): void {
  const tell = async (at: 0 | 1 | 2, connections: number, app = APP): Promise<number> => {
    const { ledger } = stage().nodes[at];
    await ledger.recountConnections(app, connections);
    return await ledger.connections(app);
  };

  describe('connections', () => {
    test('[P-2.9] those of all nodes are added up, by app', async () => {
      expect(await tell(0, 3)).toBe(3);
      expect(await tell(1, 4)).toBe(7);
      expect(await tell(0, 2)).toBe(6);
      expect(await tell(2, 9, OTHER_APP)).toBe(9);
      expect(await stage().nodes[2].ledger.connections(APP)).toBe(6);
      expect(await tell(1, 0)).toBe(2);
      expect(await tell(0, 0)).toBe(0);
    });

    test('[P-2.9] all who listen to the app are told, also when the number has not changed', async () => {
      await stage().listenTo(appTopicOf(APP));
      await tell(0, 3);
      await tell(1, 4);
      await tell(1, 4);
      await tell(0, 0);
      const told = [3, 7, 7, 4].map((total) => ({ kind: 'connections', app: APP, total }) as const);
      expect(await stage().heard()).toEqual([told, told, told]);
    });
  });
}
