// The tests that run again with several nodes: what is true of one node must be true of any number of them, so these are
// the same files, and the variable says how many nodes there are.

/** What a Vask of a test looks at; see test/support/test-nodes.ts. */
export const NODES_VARIABLE = 'TEST_NODES';
export const NODE_COUNTS = [2, 3];

/** Files that have only one node, whatever the variable says, or are about what only one node promises. */
const ONE_NODE: ReadonlyMap<string, string> = new Map([
  ['test/wire/app-changes.test.ts', 'puts the doors before an engine of its own'],
  ['test/wire/http-failure.test.ts', 'puts the doors before an engine of its own, whose cluster fails'],
  [
    'test/wire/http-bounds.test.ts',
    'pipelines requests, which the engine does not answer while one of them waits for Redis',
  ],
  ['test/wire/managed.test.ts', 'asks at once after a change, which holds at once only on the node that answers'],
  ['test/wire/managed-usage.test.ts', 'asks at once after a change, which holds at once only on the node that answers'],
  [
    'test/wire/managed-webhooks.test.ts',
    'asks at once after a change, which holds at once only on the node that answers',
  ],
  ['test/wire/sdk/reconnecting.test.ts', 'restarts the one server; test/faults/rolling.test.ts does it with several'],
  ['test/wire/workers.test.ts', 'starts processes of its own'],
  ['test/wire/browser/chat-start.test.ts', 'starts the example, with the one process that it has'],
  ['test/wire/managed-kill.test.ts', 'kills the one process of a data directory'],
  ['test/wire/webhooks-kill.test.ts', 'kills the one process of a journal in a file'],
  ['test/wire/webhooks-control.test.ts', 'is about the journal in a file, which several nodes do not have'],
  ['test/wire/webhooks-post.test.ts', 'is about one post, without a server'],
]);

export function filesForSeveralNodes(files: readonly string[]): readonly string[] {
  const gone = [...ONE_NODE.keys()].filter((file) => !files.includes(file));
  if (gone.length > 0) throw new Error(`${gone.join(', ')}: named in scripts/several-nodes.ts, and not there`);
  return files.filter((file) => /^test\/(scenarios|wire)\//.test(file) && !ONE_NODE.has(file));
}
