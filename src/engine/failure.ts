// Failures that are nobody's fault on the wire: broken infrastructure, or a bug.
import type { Engine } from './engine.ts';

/** Something that should not fail did; whoever runs the server is told. */
export function failed(engine: Engine, doing: string, error: unknown): void {
  engine.observe({
    kind: 'failed',
    doing,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}

/** The nodes cannot agree at the moment: the call may be repeated later, and has changed nothing. */
export class Unavailable extends Error {}
