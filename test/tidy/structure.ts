// Rules about which file may know which: floors, cycles, packages, files that nobody uses.
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { isNoSubstitutionTemplateLiteral, isStringLiteral } from 'typescript/unstable/ast/is';
import type { Finding, Rule, Source, Tree } from './sources.ts';
import { walk } from './sources.ts';

const FLOORS: Readonly<Record<string, number>> = {
  protocol: 0,
  core: 1,
  engine: 2,
  redis: 2,
  ws: 3,
  http: 3,
  cluster: 3,
  storage: 3,
  webhooks: 3,
  telemetry: 3,
  system: 3,
  admin: 4,
  config: 4,
  dashboard: 4,
  assembly: 5,
  'server.ts': 6,
  cli: 7,
};

/**
 * Files that something outside the tree starts: the shell, Bun's test runner, a reader of an example; and declarations,
 * which the checker reads unasked.
 */
const ENTRY_POINTS =
  /^(src\/(cli\/main|server)\.ts|src\/dashboard\/ui\/main\.tsx|scripts\/.+|examples\/.+|.+\.test\.ts|.+\.d\.ts)$/;

const isTest = (path: string): boolean => path.startsWith('test/') || path.endsWith('.test.ts');

export const floors: Rule = {
  title: 'a file of src imports only from the floors below it and from its own folder',
  why:
    'Each floor can be read and tested without those above it, and the doors and the ports made real can be exchanged ' +
    'one by one, only as long as no file reaches up or sideways (ARCHITECTURE.md, floors).',
  find: (tree) => [...tree.sources.values()].flatMap((source) => (isTest(source.path) ? [] : floorFaults(source))),
};

function floorFaults(source: Source): Finding[] {
  const home = placeOf(source.path);
  if (home === null) return [];
  if (home.floor === undefined) {
    return [{ path: source.path, line: 1, what: `the folder "${home.unit}" has no floor; give it one in this test` }];
  }
  const findings: Finding[] = [];
  for (const { specifier, target, line } of source.imports) {
    if (target === null || !/\.tsx?$/.test(target)) continue;
    const there = placeOf(target);
    const isBelow = there?.floor !== undefined && there.floor < home.floor;
    if (isBelow || there?.unit === home.unit) continue;
    const where = there === null ? 'outside src' : `"${there.unit}", floor ${there.floor ?? 'unknown'}`;
    findings.push({
      path: source.path,
      line,
      what: `imports ${specifier} (${where}) from "${home.unit}", floor ${home.floor}`,
    });
  }
  return findings;
}

function placeOf(path: string): { readonly unit: string; readonly floor: number | undefined } | null {
  const [top, unit] = path.split('/');
  if (top !== 'src' || unit === undefined) return null;
  return { unit, floor: FLOORS[unit] };
}

export const cycles: Rule = {
  title: 'no file imports itself by a detour, type imports counted',
  why: 'Files in a cycle can only be understood, tested and moved together; a cycle of types is how that begins.',
  find(tree) {
    const findings: Finding[] = [];
    const finished = new Set<string>();
    const trail: string[] = [];
    const visit = (path: string, line: number): void => {
      const from = trail.indexOf(path);
      if (from >= 0) {
        const ring = [...trail.slice(from), path];
        findings.push({ path: trail.at(-1) ?? path, line, what: `closes the cycle ${ring.join(' → ')}` });
        return;
      }
      if (finished.has(path)) return;
      trail.push(path);
      for (const { target, line } of tree.sources.get(path)?.imports ?? []) if (target !== null) visit(target, line);
      trail.pop();
      finished.add(path);
    };
    for (const path of tree.sources.keys()) visit(path, 1);
    return findings;
  },
};

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export const packages: Rule = {
  title: 'src imports no package but those that package.json lists as dependencies',
  why: 'What only tests need is not there when Vask is installed to run; and protocol and core touch nothing outside.',
  find(tree) {
    const manifest: Manifest = JSON.parse(tree.texts.get('package.json') ?? '{}');
    const installed = new Set(Object.keys(manifest.dependencies ?? {}));
    const bundled = new Set(Object.keys(manifest.devDependencies ?? {}));
    const findings: Finding[] = [];
    for (const { path, imports } of tree.sources.values()) {
      if (!path.startsWith('src/') || isTest(path)) continue;
      const isPure = /^src\/(protocol|core)\//.test(path);
      for (const { specifier, target, line } of imports) {
        if (target !== null) continue;
        const isRuntime = /^(node|bun):/.test(specifier) || specifier === 'bun';
        const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
        // The build puts what the front end imports into its files.
        const isBundled = path.startsWith('src/dashboard/ui/') && bundled.has(name);
        if (isPure || !(isRuntime || isBundled || installed.has(name)))
          findings.push({ path, line, what: `imports ${specifier}` });
      }
    }
    return findings;
  },
};

export const orphans: Rule = {
  title: 'every file is used by another file, and every file of src by another one that is not a test',
  why: 'Code that nothing runs still has to be read, checked and kept working. Use it or delete it.',
  find(tree) {
    const used = new Set<string>();
    const usedForReal = new Set<string>();
    for (const { path, imports } of tree.sources.values()) {
      for (const { target } of imports) {
        if (target === null || target === path) continue;
        used.add(target);
        if (!isTest(path)) usedForReal.add(target);
      }
    }
    const started = startedByName(tree);
    const findings: Finding[] = [];
    for (const path of tree.sources.keys()) {
      if (ENTRY_POINTS.test(path) || started.has(path)) continue;
      if (!used.has(path)) findings.push({ path, line: 1, what: 'is imported by nobody' });
      else if (path.startsWith('src/') && !usedForReal.has(path)) {
        findings.push({ path, line: 1, what: 'is imported only by tests' });
      }
    }
    return findings;
  },
};

/** Files whose name stands in a string of another source or in package.json: they are started as a process of their own. */
function startedByName(tree: Tree): Set<string> {
  const words: string[] = [tree.texts.get('package.json') ?? ''];
  for (const source of tree.sources.values()) {
    // The rules themselves name files without starting them.
    if (source.path.startsWith('test/tidy/')) continue;
    walk(source.syntax, (node) => {
      if (isText(node) && node.parent.kind !== SyntaxKind.ImportDeclaration) words.push(node.text);
    });
  }
  const started = new Set<string>();
  for (const path of tree.sources.keys()) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const ending = new RegExp(`(^|[\\s/"])${RegExp.escape(name)}($|[\\s"])`);
    if (words.some((word) => ending.test(word))) started.add(path);
  }
  return started;
}

function isText(node: Node): node is Node & { readonly text: string } {
  return isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node);
}
