// Workers on their lines to a broker keep the contract.
import { openBrokerLines } from '../support/broker-lines.ts';
import { clusterContract } from './cluster.ts';

clusterContract('broker', async () => {
  const lines = openBrokerLines();
  const workers = [await lines.worker(), await lines.worker(), await lines.worker()] as const;
  const [first, second, third] = workers;
  return {
    nodes: [first.cluster, second.cluster, third.cluster],
    // What comes on a line comes in order, so whoever has an answer has all that was said before.
    settled: async () => void (await Promise.all(workers.map((worker) => worker.ask(null)))),
    // In steps, because whoever is not answered for some seconds takes the other end for gone.
    async pass(milliseconds) {
      for (let left = milliseconds; left > 0; left -= 500) {
        lines.clock.advance(Math.min(left, 500));
        await Promise.all(workers.map((worker) => worker.ask(null)));
      }
    },
    close: () => Promise.resolve(lines[Symbol.asyncDispose]()),
  };
});
