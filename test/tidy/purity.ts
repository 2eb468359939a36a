// The rule that keeps the two lowest floors pure: same values in, same values out, at once.
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { isIdentifier, isNewExpression, isPropertyAccessExpression } from 'typescript/unstable/ast/is';
import { findNodes, type Rule } from './sources.ts';

const IMPURE_GLOBALS: ReadonlySet<string> = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'Promise',
  'Date',
  'performance',
  'crypto',
  'process',
  'fetch',
  'console',
  'require',
  'fs',
]);

/** What Bun offers that is only arithmetic. */
const PURE_OF_BUN = /^(CryptoHasher|MD5|SHA1|SHA256)$/;

/** Turns a given moment into text for an error message; it never asks what time it is. */
const FORMATS_DATES = 'src/protocol/signed-request.ts';

export const purity: Rule = {
  title: 'protocol and core do not await, wait, look at the clock, roll dice or touch the world',
  why:
    'They are synchronous and repeatable, so that a test needs no stand-ins and a seed replays a bad day. Time and ' +
    'randomness are arguments; everything else happens in the engine, through a port.',
  find: (tree) => {
    const isPure = (path: string): boolean => /^src\/(protocol|core)\//.test(path) && !path.endsWith('.test.ts');
    return findNodes(tree, isPure, (node, source) => impurityOf(node, source.path));
  },
};

function impurityOf(node: Node, path: string): string | null {
  if (node.kind === SyntaxKind.AsyncKeyword) return 'says async';
  if (node.kind === SyntaxKind.AwaitExpression) return 'awaits';
  if (isPropertyAccessExpression(node) && isIdentifier(node.expression)) {
    const [owner, name] = [node.expression.text, node.name.text];
    if (owner === 'Math' && name === 'random') return 'rolls dice: Math.random';
    if (owner === 'Bun' && !PURE_OF_BUN.test(name)) return `asks the runtime: Bun.${name}`;
  }
  if (!isIdentifier(node) || !IMPURE_GLOBALS.has(node.text) || isOnlyName(node)) return null;
  if (node.text === 'Date' && path === FORMATS_DATES && isGivenMoment(node.parent)) return null;
  return `uses ${node.text}`;
}

/** `x.process` and `{ process: … }` are names of members, not the global. */
function isOnlyName(node: Node): boolean {
  const { parent } = node;
  if (isPropertyAccessExpression(parent)) return parent.name === node;
  return (
    (parent.kind === SyntaxKind.PropertyAssignment ||
      parent.kind === SyntaxKind.PropertySignature ||
      parent.kind === SyntaxKind.PropertyDeclaration ||
      parent.kind === SyntaxKind.MethodDeclaration) &&
    'name' in parent &&
    parent.name === node
  );
}

function isGivenMoment(node: Node): boolean {
  return isNewExpression(node) && (node.arguments?.length ?? 0) > 0;
}
