// RFC 6455 against a real server, case by case; docs/conformance.md tells the same.
import { afterAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { startVask } from '../support/server.ts';
import { CHAPTERS, isAsExpected, pageOf, playCase, type Result } from './play.ts';

const vask = await startVask();
afterAll(() => vask.stop());

const results: Result[] = [];

for (const { title, cases } of CHAPTERS) {
  describe(`[P-1.2] RFC 6455, ${title}`, () => {
    for (const each of cases) {
      test(`${each.number} ${each.title}`, async () => {
        const result = await playCase(vask.port, each);
        results.push(result);
        const expected = each.deviation?.actual ?? each.expected;
        if (!isAsExpected(result.actual, expected)) expect(result.actual).toEqual([...expected]);
      });
    }
  });
}

test('docs/conformance.md tells what was seen', async () => {
  const page = await Bun.file(join(import.meta.dir, '../../docs/conformance.md')).text();
  expect(page).toBe(pageOf(results));
});

test('the engine has not failed meanwhile', () => {
  expect(vask.logLines.filter((line) => line.includes('"event":"failed"'))).toEqual([]);
});
