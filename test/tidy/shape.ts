// Rules about size and names.
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { isCallExpression, isIdentifier, isPropertyAccessExpression } from 'typescript/unstable/ast/is';
import { type Finding, findNodes, lineOf, type Rule, type Source, startOf, walk } from './sources.ts';

const LONGEST_FUNCTION = 70;
const LONGEST_FILE = 300;
const EMPTY_WORDS = /^(managers?|helpers?|util(s|ity|ities)?|service|handlers?)$/i;
const CODE = /\.(tsx?|mjs|js|c|h|lua|sql)$/;

const FUNCTIONS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
]);

export const shortFunctions: Rule = {
  title: `no function is longer than ${LONGEST_FUNCTION} lines`,
  why: 'A function that fits on a screen can be seen whole. Name the steps and make each a function of its own.',
  find: (tree) =>
    findNodes(
      tree,
      () => true,
      (node, source) => {
        if (!FUNCTIONS.has(node.kind)) return null;
        const lines = linesOf(node, source) - linesOfTests(node, source);
        return lines > LONGEST_FUNCTION ? `a function of ${lines} lines` : null;
      },
    ),
};

function linesOf(node: Node, source: Source): number {
  return lineOf(source.syntax, node.end) - lineOf(source.syntax, startOf(node, source)) + 1;
}

/** A suite is as long as its tests are many; each of them is measured for itself, so they do not count twice. */
function linesOfTests(node: Node, source: Source): number {
  let lines = 0;
  walk(node, (inner) => {
    if (isCallExpression(inner) && /^(test|it)\b/.test(calledName(inner))) lines += linesOf(inner, source);
  });
  return lines;
}

function calledName(node: Node): string {
  if (isCallExpression(node)) return calledName(node.expression);
  if (isPropertyAccessExpression(node)) return calledName(node.expression);
  return isIdentifier(node) ? node.text : '';
}

export const shortFiles: Rule = {
  title: `no file of code is longer than ${LONGEST_FILE} lines`,
  why: 'A file is one idea. When it grows past this, a second idea has moved in: give that one a file with its name.',
  find: (tree) =>
    [...tree.texts].flatMap(([path, text]): Finding[] => {
      const lines = text.split('\n').length - 1;
      if (!CODE.test(path) || lines <= LONGEST_FILE) return [];
      return [{ path, line: LONGEST_FILE + 1, what: `${lines} lines` }];
    }),
};

export const tellingNames: Rule = {
  title: 'no file and no export is called a Manager, Helper, Util, Service or Handler',
  why: 'These words fit everything, so they collect everything. Say what the thing is or does, in the words of the domain.',
  find(tree) {
    const findings: Finding[] = [];
    for (const path of tree.texts.keys()) {
      const words = path.slice(path.lastIndexOf('/') + 1).split(/[-.]/);
      if (CODE.test(path) && words.some((word) => EMPTY_WORDS.test(word)))
        findings.push({ path, line: 1, what: 'file' });
    }
    for (const source of tree.sources.values()) {
      for (const statement of source.syntax.statements) {
        for (const name of exportedNames(statement)) {
          if (!name.split(/(?=[A-Z])|_/).some((word) => EMPTY_WORDS.test(word))) continue;
          findings.push({ path: source.path, line: lineOf(source.syntax, startOf(statement, source)), what: name });
        }
      }
    }
    return findings;
  },
};

function exportedNames(statement: Node): string[] {
  const isExported =
    'modifiers' in statement &&
    Array.isArray(statement.modifiers) &&
    statement.modifiers.some((modifier: Node) => modifier.kind === SyntaxKind.ExportKeyword);
  if (!isExported && statement.kind !== SyntaxKind.ExportDeclaration) return [];
  const names: string[] = [];
  const collect = (node: Node): void => {
    if ('name' in node && isNode(node.name) && isIdentifier(node.name)) names.push(node.name.text);
  };
  collect(statement);
  if (statement.kind === SyntaxKind.VariableStatement || statement.kind === SyntaxKind.ExportDeclaration) {
    walk(statement, (node) => {
      const isName = node.kind === SyntaxKind.VariableDeclaration || node.kind === SyntaxKind.ExportSpecifier;
      if (isName) collect(node);
    });
  }
  return names;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
