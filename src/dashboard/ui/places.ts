// Where the pages are, as paths below the dashboard.

/** The path of the dashboard itself, without the slash at its end. */
export const base = new URL('.', document.baseURI).pathname.replace(/\/$/, '');

export const APP_PAGES = [
  'overview',
  'connect',
  'console',
  'events',
  'channels',
  'users',
  'tester',
  'webhooks',
  'keys',
  'settings',
  'members',
  'changes',
] as const;

export type AppPage = (typeof APP_PAGES)[number];

export function placeOf(app: string, page: AppPage, ...more: readonly string[]): string {
  return ['/apps', encodeURIComponent(app), page, ...more.map(encodeURIComponent)].join('/');
}
