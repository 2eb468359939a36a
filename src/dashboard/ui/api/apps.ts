// The apps that the caller may see, kept for the switcher, the list and the page of each.
import { signal } from '@preact/signals';
import { ask, type Problem, problemOfError } from './client.ts';
import type { App, Page } from './types.ts';

const PAGE_SIZE = 200;
/** Beyond so many nobody looks for one in a list; their pages are found by id. */
const MAX_PAGES = 10;

/** Undefined until they are read. */
export const apps = signal<readonly App[] | undefined>(undefined);
export const appsProblem = signal<Problem | null>(null);

export async function readApps(): Promise<void> {
  try {
    const items: App[] = [];
    let cursor = '';
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page = await ask<Page<App>>('GET', `/apps?limit=${PAGE_SIZE}${cursor}`);
      items.push(...page.items);
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    apps.value = items;
    appsProblem.value = null;
  } catch (error) {
    appsProblem.value = problemOfError(error);
  }
}

/** Puts what a write has answered in its place. */
export function appChanged(app: App): void {
  apps.value = apps.value?.map((each) => (each.id === app.id ? app : each));
}
