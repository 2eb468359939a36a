// The code polices itself: each rule of ARCHITECTURE.md and CONTRIBUTING.md that a machine can check is one test here.
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { awakeTests, homeless, namedExports, noAny, reasonedAssertions, wholeSuites } from './tidy/habits.ts';
import { purity } from './tidy/purity.ts';
import { shortFiles, shortFunctions, tellingNames } from './tidy/shape.ts';
import { type Rule, readTree } from './tidy/sources.ts';
import { cycles, floors, orphans, packages } from './tidy/structure.ts';

const rules: readonly Rule[] = [
  floors,
  cycles,
  packages,
  orphans,
  purity,
  shortFunctions,
  shortFiles,
  tellingNames,
  namedExports,
  noAny,
  reasonedAssertions,
  awakeTests,
  wholeSuites,
  homeless,
];

const tree = await readTree(join(import.meta.dir, '..'));

test('the tree is read', () => {
  expect(tree.sources.size).toBeGreaterThan(0);
  expect(tree.texts.has('package.json')).toBe(true);
});

for (const rule of rules) {
  test(rule.title, () => {
    const findings = rule.find(tree).map(({ path, line, what }) => `  ${path}:${line}  ${what}`);
    if (findings.length > 0) throw new Error(`Not so:\n${findings.join('\n')}\nWhy it matters: ${rule.why}`);
  });
}
