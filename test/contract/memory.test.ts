// The memory cluster keeps the contract.
import { memoryWorld } from '../../src/cluster/memory.ts';
import { FakeClock } from '../support/clock.ts';
import { clusterContract } from './cluster.ts';

clusterContract('memory', () => {
  const clock = new FakeClock();
  const world = memoryWorld(clock);
  return {
    nodes: [world.join(), world.join(), world.join()],
    settled: () => Promise.resolve(),
    pass: (milliseconds) => Promise.resolve(clock.advance(milliseconds)),
    close: () => Promise.resolve(),
  };
});
