import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { connectionCapacity } from './descriptors.ts';

test('there is room for connections', () => {
  expect(connectionCapacity()).toBePositive();
  expect(connectionCapacity()).toBeInteger();
});

test.skipIf(process.platform !== 'linux')('the capacity follows the limit of the process, some being kept back', () => {
  const script = `import { connectionCapacity } from '${join(import.meta.dir, 'descriptors.ts')}'; console.log(connectionCapacity());`;
  const capacityWith = (limit: number): number => {
    const command = `ulimit -n ${limit} && exec "$0" -e "$1"`;
    const { stdout } = Bun.spawnSync(['sh', '-c', command, process.execPath, script]);
    return Number(stdout.toString());
  };
  expect(capacityWith(900) - capacityWith(800)).toBe(100);
  expect(capacityWith(800)).toBeLessThan(800);
  expect(capacityWith(100)).toBe(1);
});
