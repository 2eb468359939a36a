import { expect, test } from 'bun:test';
import { AppFeed, type Shown } from './app-feed.ts';

type Feed = InstanceType<typeof AppFeed>;
type Part = Parameters<Feed['hear']>[0];

const attempt = (source: string, atMs: number): Part => ({
  source,
  entries: [{ id: `${source}-1`, node: source, type: 'webhook', endpoint: 'one', status: 200, atMs }],
  serverEntries: [],
  dropped: 0,
  sample: null,
});

/** The nodes whose entries were shown. */
function shownOf(...parts: readonly Part[]): string[] {
  const feed = new AppFeed('app' as Feed['app'], 0);
  const shown: Shown[] = [];
  feed.watchers.add({ isAdmin: false, show: (what) => void shown.push(what) });
  for (const part of parts) feed.hear(part, 1_000);
  feed.show();
  return shown.flatMap((what) => (what.kind === 'happenings' ? what.entries.map(({ node }) => node) : []));
}

test('an attempt that all nodes read from one log is shown once, another one as well', () => {
  expect(shownOf(attempt('a', 5), attempt('b', 5), attempt('b', 6))).toEqual(['a', 'b']);
});
