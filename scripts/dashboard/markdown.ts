// One markdown document → its HTML, with links that lead to the other pages, and the sections that are searched.
import { dirname, normalize } from 'node:path';
import { Marked, type Token, type Tokens } from 'marked';

export interface Rendered {
  readonly title: string;
  /** Its first paragraph, as text. */
  readonly summary: string;
  readonly html: string;
  readonly sections: readonly { readonly title: string; readonly anchor: string; readonly text: string }[];
}

/** Where the pictures of the documents are, from the root of the tree. */
export const IMAGES = 'docs/images';

/** @param names of all documents, by their paths from the root of the tree. */
export function renderMarkdown(markdown: string, source: string, names: ReadonlyMap<string, string>): Rendered {
  const own = names.get(source) ?? '';
  const up = '../'.repeat(own.split('/').length - 1);
  const slugs = new Map<string, number>();
  const sections: { title: string; anchor: string; text: string }[] = [];
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }) {
        const anchor = slugOf(text, slugs);
        return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const to = linkOf(href, source, names, up);
        return to === null ? text : `<a href="${Bun.escapeHTML(to)}">${text}</a>`;
      },
      image({ href, text }) {
        const path = normalize(`${dirname(source)}/${href}`);
        if (!path.startsWith(`${IMAGES}/`)) return Bun.escapeHTML(text);
        const to = `${up}images/${path.slice(IMAGES.length + 1)}`;
        return `<img src="${Bun.escapeHTML(to)}" alt="${Bun.escapeHTML(text)}">`;
      },
      table(token) {
        return `<div class="table-box" role="region" aria-label="Table" tabindex="0">${tableHtml(token, (tokens) => this.parser.parseInline(tokens))}</div>\n`;
      },
      code({ text }) {
        return `<pre tabindex="0"><code>${Bun.escapeHTML(text)}</code></pre>\n`;
      },
    },
  });
  const tokens = marked.lexer(markdown);
  collectSections(tokens, sections);
  return {
    title: sections[0]?.title ?? own,
    summary: summaryOf(tokens),
    html: marked.parser(tokens),
    sections,
  };
}

type Inline = (tokens: Token[]) => string;

function tableHtml({ header, rows }: Tokens.Table, inline: Inline): string {
  const head = header.map(({ tokens }) => `<th scope="col">${inline(tokens)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(({ tokens }) => `<td>${inline(tokens)}</td>`).join('')}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}

function summaryOf(tokens: readonly Token[]): string {
  const paragraph = tokens.find(({ type }) => type === 'paragraph');
  return plain(paragraph?.raw ?? '').trim();
}

/** Without the marks of markdown, as far as they would be read. */
function plain(text: string): string {
  return text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
}

/** As GitHub makes them, so that links of the documents lead to the same place here. */
function slugOf(heading: string, before: Map<string, number>): string {
  const slug = plain(heading)
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
  const count = before.get(slug) ?? 0;
  before.set(slug, count + 1);
  return count === 0 ? slug : `${slug}-${count}`;
}

function collectSections(tokens: readonly Token[], sections: { title: string; anchor: string; text: string }[]): void {
  const slugs = new Map<string, number>();
  for (const token of tokens) {
    if (token.type === 'heading') {
      const heading = token as Tokens.Heading;
      sections.push({ title: plain(heading.text), anchor: slugOf(heading.text, slugs), text: '' });
    } else {
      const last = sections.at(-1);
      if (last !== undefined) last.text += `${plain(token.raw)}\n`;
    }
  }
}

/** Null for what is not among the pages, such as a file of the sources. */
function linkOf(href: string, source: string, names: ReadonlyMap<string, string>, up: string): string | null {
  if (/^([a-z]+:|#)/i.test(href)) return href;
  const [path = '', anchor] = href.split('#', 2);
  const name = names.get(normalize(`${dirname(source)}/${path}`));
  if (name === undefined) return null;
  return `${up}${name}${anchor === undefined ? '' : `#${anchor}`}`;
}
