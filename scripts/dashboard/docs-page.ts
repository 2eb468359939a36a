// The HTML around a document: the list of all documents, the search, and the buttons for people with agents.

export interface Doc {
  /** In the address, below /docs. */
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly markdown: string;
  readonly html: string;
}

export function docPage(doc: Doc, docs: readonly Doc[], assets: readonly string[]): string {
  const up = '../'.repeat(doc.name.split('/').length);
  const file = doc.name.split('/').at(-1) ?? doc.name;
  const tools = `<div class="row doc-tools">
<button type="button" class="button small" data-prompt="${escapeText(`${file}.md`)}">Copy as a prompt</button>
<a class="button small" href="${escapeText(`${file}.md`)}">Markdown</a>
</div>`;
  return frame(doc.title, up, docs, assets, doc.name, `${tools}<article class="doc">${doc.html}</article>`);
}

export function indexPage(docs: readonly Doc[], assets: readonly string[]): string {
  const items = docs.map(
    ({ name, title, summary }) =>
      `<li class="card"><h2><a href="${name}">${escapeText(title)}</a></h2><p class="quiet">${escapeText(shortened(summary))}</p></li>`,
  );
  const content = `<header class="page-head"><div><h1>Documentation</h1><p>Each page is also there as markdown, under the same
address and .md.</p></div></header><ul class="stack">${items.join('\n')}</ul>`;
  return frame('Documentation', '../', docs, assets, '', content);
}

const LONGEST_SUMMARY = 220;

function shortened(text: string): string {
  return text.length <= LONGEST_SUMMARY ? text : `${text.slice(0, LONGEST_SUMMARY).replace(/\s+\S*$/, '')} …`;
}

function frame(
  title: string,
  up: string,
  docs: readonly Doc[],
  assets: readonly string[],
  current: string,
  content: string,
): string {
  const script = assets.find((path) => path.endsWith('.js')) ?? '';
  const style = assets.find((path) => path.endsWith('.css')) ?? '';
  const linkOf = ({ name, title: text }: Doc): string => {
    const mark = name === current ? ' aria-current="page"' : '';
    return `<a class="nav-link" href="${up}docs/${name}"${mark}>${escapeText(text)}</a>`;
  };
  const [guides, decisions] = [docs.filter((doc) => !isDecision(doc)), docs.filter(isDecision)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(title)} · Vask</title>
<link rel="stylesheet" href="${up}dashboard/${style}">
<script type="module" src="${up}dashboard/${script}"></script>
</head>
<body data-docs="${up}docs/">
<div class="shell docs">
<aside class="side"><nav class="nav" aria-label="Documents">
<a class="brand" href="${up}docs/">Vask docs</a>
<div class="search"><label class="sr-only" for="search">Search the documentation</label>
<input id="search" class="input" type="search" placeholder="Search" autocomplete="off">
<ul id="found" class="found" aria-live="polite"></ul></div>
<div class="nav-group">${guides.map(linkOf).join('\n')}</div>
<div class="nav-group"><div class="nav-title">Decisions</div>${decisions.map(linkOf).join('\n')}</div>
<div class="nav-end"><a class="nav-link" href="${up}dashboard/">Dashboard</a></div>
</nav></aside>
<main class="content"><div class="page">${content}</div></main>
</div>
</body>
</html>
`;
}

function isDecision({ name }: Doc): boolean {
  return name.startsWith('decisions/');
}

function escapeText(text: string): string {
  return Bun.escapeHTML(text);
}
