// Plants one breach of every tidy rule in a small tree of its own: a rule that never fails would prove nothing.
import { afterAll, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { awakeTests, homeless, namedExports, noAny, reasonedAssertions, wholeSuites } from './habits.ts';
import { purity } from './purity.ts';
import { shortFiles, shortFunctions, tellingNames } from './shape.ts';
import { type Rule, readTree } from './sources.ts';
import { cycles, floors, orphans, packages } from './structure.ts';

const files: Readonly<Record<string, string>> = {
  'tsconfig.json': '{ "compilerOptions": { "types": [], "noEmit": true }, "include": ["src", "test"] }',
  'package.json': '{ "dependencies": { "kept": "1.0.0" }, "scripts": { "started": "bun src/http/started.ts" } }',
  'src/server.ts': "import './http/door.ts';\nimport 'kept';\nimport 'missing/part';\nimport './odd/thing.ts';\n",
  'src/odd/thing.ts': 'export const thing = 1;\n',
  'src/http/door.ts': "import '../ws/door.ts';\nimport type { B } from './b.ts';\nexport type A = B;\n",
  'src/http/b.ts': "export type B = import('./door.ts').A;\nimport '../engine/up.ts';\n",
  'src/http/started.ts': 'export {};\n',
  'src/ws/door.ts': 'export const door = 1;\n',
  'src/engine/up.ts':
    "import '../cli/main.ts';\n// setTimeout in a comment is nothing\nexport const text = 'await x as any';\n",
  'src/engine/unused.ts': 'export const unused = 1;\n',
  'src/engine/only-tested.ts': 'export const only = 1;\n',
  'src/cli/main.ts': "import '../core/room.ts';\nimport '../protocol/signed-request.ts';\n",
  'src/core/room.ts': [
    "import 'node:fs';",
    'export async function f(): Promise<void> {',
    '  await null;',
    '  Math.random();',
    '  setTimeout(f, 1);',
    '}',
    'export const room = { process: 1, date: new Date(0) };',
    'export const pid = room.process + Bun.nanoseconds();',
  ].join('\n'),
  'src/protocol/signed-request.ts':
    'export const then = (at: number) => new Date(at);\nexport const now = new Date();\n',
  'src/cli/room-manager.ts':
    'export class RoomHandler {}\nexport const a = 1, pathUtils = 2;\nexport const handle = 3;\n',
  'src/cli/long.ts': `export function long(): void {\n${'  //\n'.repeat(69)}}\n`,
  'src/cli/longest.ts': `export function fits(): void {\n${'  //\n'.repeat(68)}}\n${'//\n'.repeat(231)}`,
  'src/cli/habits.ts': [
    'const x: any = 1;',
    'export default x;',
    'let y!: string;',
    '// It is there because it was put there.',
    'export const z = y!.length;',
    'export const w = y!.length;',
    '// see /wo'.concat('rk/place and registry.example', '.org'),
  ].join('\n'),
  'test/some.test.ts':
    "import '../src/engine/only-tested.ts';\ntest.skip('x', () => sleep(1));\ntest.skipIf(true)('y', f);\n",
};

const root = mkdtempSync(join(tmpdir(), 'vask-tidy-'));
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
symlinkSync(join(import.meta.dir, '../../node_modules'), join(root, 'node_modules'));
const tree = await readTree(root);

afterAll(() => rmSync(root, { recursive: true, force: true }));

function found(rule: Rule): string[] {
  return rule.find(tree).map(({ path, line, what }) => `${path}:${line} ${what}`);
}

test('imports upwards, sideways and from a folder without a floor are found', () => {
  expect(found(floors).sort()).toEqual([
    'src/engine/up.ts:1 imports ../cli/main.ts ("cli", floor 7) from "engine", floor 2',
    'src/http/door.ts:1 imports ../ws/door.ts ("ws", floor 3) from "http", floor 3',
    'src/odd/thing.ts:1 the folder "odd" has no floor; give it one in this test',
    'src/server.ts:4 imports ./odd/thing.ts ("odd", floor unknown) from "server.ts", floor 6',
  ]);
});

test('a cycle of types is found, once', () => {
  const [cycle, ...others] = found(cycles);
  expect(cycle).toContain('src/http/door.ts → src/http/b.ts');
  expect(others).toEqual([]);
});

test('packages that an installation lacks are found, and any import from outside in a pure floor', () => {
  expect(found(packages).sort()).toEqual([
    'src/core/room.ts:1 imports node:fs',
    'src/server.ts:3 imports missing/part',
  ]);
});

test('files that nobody or only a test uses are found; one that a script starts is used', () => {
  const lonely = found(orphans);
  expect(lonely).toContain('src/engine/unused.ts:1 is imported by nobody');
  expect(lonely).toContain('src/engine/only-tested.ts:1 is imported only by tests');
  expect(lonely.filter((line) => /started|main|server/.test(line))).toEqual([]);
});

test('every way of being impure is found, and names of members are not', () => {
  expect(found(purity).sort()).toEqual([
    'src/core/room.ts:2 says async',
    'src/core/room.ts:2 uses Promise',
    'src/core/room.ts:3 awaits',
    'src/core/room.ts:4 rolls dice: Math.random',
    'src/core/room.ts:5 uses setTimeout',
    'src/core/room.ts:7 uses Date',
    'src/core/room.ts:8 asks the runtime: Bun.nanoseconds',
    'src/protocol/signed-request.ts:2 uses Date',
  ]);
});

test('the first line too many is found, in a function and in a file', () => {
  expect(found(shortFunctions)).toEqual(['src/cli/long.ts:1 a function of 71 lines']);
  expect(found(shortFiles)).toEqual(['src/cli/longest.ts:301 301 lines']);
});

test('names that say nothing are found in files and exports', () => {
  expect(found(tellingNames)).toEqual([
    'src/cli/room-manager.ts:1 file',
    'src/cli/room-manager.ts:1 RoomHandler',
    'src/cli/room-manager.ts:2 pathUtils',
  ]);
});

test('forbidden words are found in code, and not in comments and strings', () => {
  expect(found(namedExports)).toEqual(['src/cli/habits.ts:2 a default export']);
  expect(found(noAny)).toEqual(['src/cli/habits.ts:1 any']);
  expect(found(reasonedAssertions)).toEqual([
    'src/cli/habits.ts:3 an assertion without a reason',
    'src/cli/habits.ts:6 an assertion without a reason',
  ]);
});

test('tests that sleep or are skipped are found', () => {
  expect(found(awakeTests)).toEqual(['test/some.test.ts:2 calls sleep']);
  expect(found(wholeSuites)).toEqual(['test/some.test.ts:2 test.skip']);
});

test('places of one machine are found', () => {
  expect(found(homeless)).toEqual(['src/cli/habits.ts:7 names /wo'.concat('rk/')]);
});
