// Rules about single lines: what is never written, and where a reason must stand beside what is written.
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import {
  isCallExpression,
  isExportAssignment,
  isIdentifier,
  isNonNullExpression,
  isPropertyAccessExpression,
} from 'typescript/unstable/ast/is';
import { type Finding, findNodes, lineOf, type Rule, startOf } from './sources.ts';

const everywhere = (): boolean => true;

export const namedExports: Rule = {
  title: 'there are no default exports',
  why: 'A thing has one name, the same in its own file and in every file that imports it.',
  find: (tree) =>
    findNodes(tree, everywhere, (node) => {
      if (isExportAssignment(node) || node.kind === SyntaxKind.DefaultKeyword) {
        return node.parent.kind === SyntaxKind.DefaultClause ? null : 'a default export';
      }
      return node.kind === SyntaxKind.ExportSpecifier && nameOf(node) === 'default' ? 'a default export' : null;
    }),
};

function nameOf(node: Node): string {
  if (!('name' in node)) return '';
  const { name } = node as { readonly name: Node };
  return isIdentifier(name) ? name.text : '';
}

export const noAny: Rule = {
  title: 'nothing is any',
  why: 'any switches the checker off wherever it flows. What comes from outside is unknown until it was looked at.',
  find: (tree) => findNodes(tree, everywhere, (node) => (node.kind === SyntaxKind.AnyKeyword ? 'any' : null)),
};

export const reasonedAssertions: Rule = {
  title: 'a non-null assertion has a comment on the line before it',
  why: 'The checker could not see why the value is there; a reader cannot either, unless it is said.',
  find: (tree) =>
    findNodes(tree, everywhere, (node, source) => {
      const isDefinite = node.kind === SyntaxKind.ExclamationToken && isDeclaration(node.parent);
      if (!isNonNullExpression(node) && !isDefinite) return null;
      const lines = source.text.split('\n');
      const before = lines[lineOf(source.syntax, startOf(node, source)) - 2]?.trim() ?? '';
      return /^(\/\/|\*|\/\*)/.test(before) ? null : 'an assertion without a reason';
    }),
};

function isDeclaration(node: Node): boolean {
  return node.kind === SyntaxKind.VariableDeclaration || node.kind === SyntaxKind.PropertyDeclaration;
}

export const awakeTests: Rule = {
  title: 'a test does not sleep',
  why:
    'A pause is too short on a busy machine and too long on all others. A test moves the clock or awaits the event; ' +
    'bounds on waiting live in test/support.',
  find: (tree) =>
    findNodes(tree, isScene, (node) => {
      if (!isCallExpression(node)) return null;
      const called = node.expression;
      const name = isPropertyAccessExpression(called) ? called.name.text : isIdentifier(called) ? called.text : '';
      return /^(setTimeout|setInterval|setImmediate|sleep|sleepSync|delay)$/.test(name) ? `calls ${name}` : null;
    }),
};

function isScene(path: string): boolean {
  return path.endsWith('.test.ts') || /^test\/(contract|scenarios|wire|simulation)\//.test(path);
}

export const wholeSuites: Rule = {
  title: 'no test is skipped, left to do, or run alone',
  why: 'A skipped test says that something holds and does not look. Mend it or delete it. (skipIf, with a reason, may.)',
  find: (tree) =>
    findNodes(tree, everywhere, (node) => {
      if (isPropertyAccessExpression(node) && isIdentifier(node.expression)) {
        const [owner, name] = [node.expression.text, node.name.text];
        if (/^(it|test|describe)$/.test(owner) && /^(skip|only|todo|failing)$/.test(name)) return `${owner}.${name}`;
      }
      if (!isCallExpression(node) || !isIdentifier(node.expression)) return null;
      return /^(xit|xtest|xdescribe|fit|fdescribe)$/.test(node.expression.text) ? node.expression.text : null;
    }),
};

/** Spelled in parts, so that this file obeys its own rule. */
const REGISTRIES = ['npmjs', 'yarnpkg', 'npmmirror', 'pypi', 'verdaccio', 'jfrog'].join('|');
const REGISTRY_HOST = new RegExp(
  `\\b(registry\\.[a-z0-9.-]+\\.[a-z]+|[a-z0-9.-]*(${REGISTRIES})\\.(org|com|io))\\b`,
  'i',
);
const MACHINE_PATH = /(?<![\w.~*-])\/(work|tmp|home|root|Users)\//;

export const homeless: Rule = {
  title: 'no file names a place on one machine or the host of a package registry',
  why: 'The tree must work wherever it is cloned, whatever registry the reader is behind.',
  find: (tree) => [...tree.texts].flatMap(([path, text]) => (path === '.gitignore' ? [] : placesIn(path, text))),
};

function placesIn(path: string, text: string): Finding[] {
  const findings: Finding[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const place = MACHINE_PATH.exec(line)?.[0] ?? REGISTRY_HOST.exec(line)?.[0];
    if (place !== undefined) findings.push({ path, line: index + 1, what: `names ${place}` });
    else if (path === 'package-lock.json' && line.includes('"resolved"')) {
      findings.push({
        path,
        line: index + 1,
        what: 'carries an address; write it with omit-lockfile-registry-resolved',
      });
    }
  }
  return findings;
}
