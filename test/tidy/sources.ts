// Reads the whole tree for the tidy rules: every TypeScript file as a syntax tree with its imports, and every other
// text file as text. The parser is the compiler's own, so no rule is fooled by a comment or a string.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import {
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isStringLiteral,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/async';

/** One import, export-from, import() or import type; types count like values. */
export interface Import {
  readonly specifier: string;
  /** The imported file, from the root of the tree; null for a package or a module of the runtime. */
  readonly target: string | null;
  readonly line: number;
}

export interface Source {
  /** From the root of the tree, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly syntax: SourceFile;
  readonly imports: readonly Import[];
}

export interface Tree {
  readonly root: string;
  readonly sources: ReadonlyMap<string, Source>;
  /** Every text file that belongs to the project, TypeScript or not. */
  readonly texts: ReadonlyMap<string, string>;
}

/** One breach of a rule. The why belongs to the rule. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

export interface Rule {
  /** A present-tense sentence that holds for a tidy tree; it is the title of the test. */
  readonly title: string;
  readonly why: string;
  find(tree: Tree): Finding[];
}

/** What runs on the server, and what runs in browsers. */
const PROJECTS = ['tsconfig.json', 'src/dashboard/ui/tsconfig.json'];

const LARGEST_TEXT_BYTES = 1_000_000;

/** @param root a folder with a tsconfig.json, whose `include` decides which sources are read; the front end has its own. */
export async function readTree(root: string): Promise<Tree> {
  const api = new API({ cwd: root });
  try {
    const openProjects = PROJECTS.map((path) => join(root, path)).filter((path) => existsSync(path));
    const snapshot = await api.updateSnapshot({ openProjects });
    const projects = snapshot.getProjects();
    if (projects.length === 0) throw new Error(`${root} has no tsconfig.json that the compiler can read.`);
    const sources = new Map<string, Source>();
    for (const project of projects) {
      for (const file of project.rootFiles) {
        const syntax = await project.program.getSourceFile(file);
        if (syntax === undefined) throw new Error(`The compiler did not parse ${file}.`);
        const path = relative(root, file);
        sources.set(path, { path, text: syntax.text, syntax, imports: importsOf(path, syntax) });
      }
    }
    return { root, sources, texts: readTexts(root) };
  } finally {
    await api.close();
  }
}

/** Calls `visit` for every node below `node`, outermost first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  node.forEachChild((child) => {
    visit(child);
    walk(child, visit);
  });
}

/** The line as an editor shows it. */
export function lineOf(syntax: SourceFile, position: number): number {
  return syntax.getLineAndCharacterOfPosition(position).line + 1;
}

/** A finding for each node of each source that `judge` has a word about. */
export function findNodes(
  tree: Tree,
  concerns: (path: string) => boolean,
  judge: (node: Node, source: Source) => string | null,
): Finding[] {
  const findings: Finding[] = [];
  for (const source of tree.sources.values()) {
    if (!concerns(source.path)) continue;
    walk(source.syntax, (node) => {
      const what = judge(node, source);
      if (what !== null) findings.push({ path: source.path, line: lineOf(source.syntax, startOf(node, source)), what });
    });
  }
  return findings;
}

/** Where the node begins without the comments and the white space before it. */
export function startOf(node: Node, source: Source): number {
  return node.getStart(source.syntax);
}

function importsOf(path: string, syntax: SourceFile): Import[] {
  const imports: Import[] = [];
  walk(syntax, (node) => {
    const specifier = specifierOf(node);
    if (specifier === null) return;
    const target = specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : null;
    imports.push({ specifier, target, line: lineOf(syntax, node.getStart(syntax)) });
  });
  return imports;
}

function specifierOf(node: Node): string | null {
  if (isImportDeclaration(node) || isExportDeclaration(node)) return literalText(node.moduleSpecifier);
  if (isImportTypeNode(node)) return isLiteralTypeNode(node.argument) ? literalText(node.argument.literal) : null;
  if (!isCallExpression(node) || node.expression.kind !== SyntaxKind.ImportKeyword) return null;
  return literalText(node.arguments[0]);
}

function literalText(node: Node | undefined): string | null {
  return node !== undefined && isStringLiteral(node) ? node.text : null;
}

function readTexts(root: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const path of listFiles(root)) {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.size > LARGEST_TEXT_BYTES) continue;
    const text = readFileSync(join(root, path), 'utf8');
    if (!text.includes('\0')) texts.set(path, text);
  }
  return texts;
}

/** What Git tracks or would track; without Git (an unpacked archive) everything but what npm and Vask put there. */
function listFiles(root: string): string[] {
  const git = Bun.which('git');
  if (git !== null) {
    const listed = Bun.spawnSync([git, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
    if (listed.success) return listed.stdout.toString().split('\0').filter(Boolean);
  }
  const all = [...new Bun.Glob('**/*').scanSync({ cwd: root, dot: true })];
  return all.filter((path) => !/(^|\/)(node_modules|\.git|vask-data|dist|test-results|tmp)\/|\.log$/.test(path));
}
