// When an endpoint that did not take a body is asked again: soon at first, then less and less often, never in step with
// others.

const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/**
 * @param attempts how many have failed.
 * @param random from 0 to 1, 1 excluded.
 */
export function retryDelayMs(attempts: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 30));
  return Math.round(full * (0.5 + random / 2));
}

/** Only these say that the endpoint has taken it. */
export function isAccepted(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}
