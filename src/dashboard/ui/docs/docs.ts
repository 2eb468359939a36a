// What the pages of the documentation do beside being read: search, and copying one for a coding agent.
import MiniSearch from 'minisearch';
import '../styles/index.css';
import '../styles/docs.css';
import { copyText } from '../copy-text.ts';
import { applyTheme } from '../theme.ts';
import { SEARCH_OPTIONS, type Section } from './search-options.ts';

const SHOWN = 8;
const COPIED_MS = 2_000;

applyTheme();
const root = new URL(document.body.dataset['docs'] ?? '.', location.href).href;
const input = document.querySelector<HTMLInputElement>('#search');
const found = document.querySelector('#found');

/** Read when somebody begins to search. */
let index: Promise<MiniSearch<Section>> | null = null;

async function readIndex(): Promise<MiniSearch<Section>> {
  const answer = await fetch(`${root}search.json`);
  return MiniSearch.loadJSON(await answer.text(), SEARCH_OPTIONS);
}

async function search(text: string): Promise<void> {
  index ??= readIndex();
  const results = text.trim() === '' ? [] : (await index).search(text).slice(0, SHOWN);
  // Somebody has typed on meanwhile, and that search tells.
  if (input?.value !== text) return;
  found?.replaceChildren(...results.map(({ name, title, anchor }) => item(`${root}${name}#${anchor}`, title, name)));
  if (results.length === 0 && text.trim() !== '') found?.replaceChildren(item(null, 'Nothing found', ''));
}

function item(href: string | null, title: string, name: string): HTMLElement {
  const line = document.createElement('li');
  const link = document.createElement(href === null ? 'span' : 'a');
  if (href !== null) link.setAttribute('href', href);
  link.append(title);
  const where = document.createElement('span');
  where.className = 'hint';
  where.textContent = name;
  line.append(link, ' ', where);
  return line;
}

async function copyPrompt(button: HTMLButtonElement): Promise<void> {
  const address = new URL(button.dataset['prompt'] ?? '', location.href).href;
  const markdown = await (await fetch(address)).text();
  const before = button.textContent;
  await copyText(
    `This is a page of the documentation of Vask, a self-hosted drop-in for Pusher Channels (${address}). ` +
      `Use it to answer what follows, and say when it does not tell.\n\n<document>\n${markdown}\n</document>\n`,
  );
  button.textContent = 'Copied';
  setTimeout(() => {
    button.textContent = before;
  }, COPIED_MS);
}

input?.addEventListener('input', () => void search(input.value));
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-prompt]')) {
  button.addEventListener('click', () => void copyPrompt(button));
}
