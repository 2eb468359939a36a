// The markdown documents of the project as pages with a search, and as they are.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import MiniSearch from 'minisearch';
import { SEARCH_OPTIONS, type Section } from '../../src/dashboard/ui/docs/search-options.ts';
import { ROOT } from '../step.ts';
import { type Doc, docPage, indexPage } from './docs-page.ts';
import { IMAGES, renderMarkdown } from './markdown.ts';

/** Documents at the root of the tree, under names that fit the others. */
const AT_ROOT: Readonly<Record<string, string>> = {
  'README.md': 'readme',
  'ARCHITECTURE.md': 'architecture',
  'CHANGELOG.md': 'changelog',
};

/** What a newcomer reads first; the rest follows by name. */
const FIRST = ['readme', 'configuration', 'protocol', 'http-api', 'webhooks', 'admin-api', 'errors'];

/** From the root of the tree. */
export function docSources(): readonly string[] {
  return [...Object.keys(AT_ROOT), ...new Bun.Glob('docs/**/*.md').scanSync({ cwd: ROOT })];
}

function nameOf(source: string): string {
  return AT_ROOT[source] ?? source.replace(/^docs\//, '').replace(/\.md$/, '');
}

/** @param assets the script and the styles of the pages, as paths below the dashboard. */
export async function buildDocs(target: string, assets: readonly string[]): Promise<void> {
  const names = new Map(docSources().map((source) => [source, nameOf(source)]));
  const sections: Section[] = [];
  const docs: Doc[] = [...names].map(([source, name]) => {
    const markdown = readFileSync(join(ROOT, source), 'utf8');
    const rendered = renderMarkdown(markdown, source, names);
    sections.push(...rendered.sections.map((section, at) => ({ ...section, id: `${name} ${at}`, name })));
    return { name, markdown, title: rendered.title, summary: rendered.summary, html: rendered.html };
  });
  docs.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  for (const doc of docs) {
    write(join(target, `${doc.name}.html`), docPage(doc, docs, assets));
    write(join(target, `${doc.name}.md`), doc.markdown);
  }
  write(join(target, 'index.html'), indexPage(docs, assets));
  cpSync(join(ROOT, IMAGES), join(target, 'images'), { recursive: true });
  const index = new MiniSearch<Section>(SEARCH_OPTIONS);
  index.addAll(sections);
  write(join(target, 'search.json'), JSON.stringify(index));
}

function rank({ name }: Doc): number {
  const at = FIRST.indexOf(name);
  return at < 0 ? FIRST.length : at;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
