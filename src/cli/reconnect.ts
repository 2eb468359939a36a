// What a client does after a close, by the hundreds of the code (docs/protocol.md P-2.5).

export type Reaction = 'stop' | 'pause' | 'at once';

export function reactionTo(code: number): Reaction {
  if (code >= 4000 && code < 4100) return 'stop';
  if (code >= 4200 && code < 4300) return 'at once';
  return code >= 4300 && code < 5000 ? 'stop' : 'pause';
}

const LONGEST_PAUSE_MS = 30_000;

/** @param attempt 1 for the first one since the connection was good; the pauses grow with its square. */
export function pauseMs(attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, attempt * attempt * 1000);
}
