// What the engine may rely on, whatever the cluster is made of (src/engine/ports.ts).
import { afterEach, beforeEach, describe } from 'bun:test';
import { busContract } from './bus.ts';
import { connectionsContract } from './connections.ts';
import { countsContract } from './counts.ts';
import { livenessContract } from './liveness.ts';
import { membersContract } from './members.ts';
import { onlineContract } from './online.ts';
import { requestsContract } from './requests.ts';
import { type ContractCluster, Stage } from './stage.ts';

export function clusterContract(name: string, create: () => ContractCluster | Promise<ContractCluster>): void {
  describe(`the ${name} cluster`, () => {
    let current: Stage | null = null;
    beforeEach(async () => {
      current = await Stage.open(await create());
    });
    afterEach(async () => await current?.close());
    const stage = (): Stage => {
      if (current === null) throw new Error('There is no cluster before the first test.');
      return current;
    };
    busContract(stage);
    countsContract(stage);
    membersContract(stage);
    onlineContract(stage);
    connectionsContract(stage);
    requestsContract(stage);
    livenessContract(stage);
  });
}
