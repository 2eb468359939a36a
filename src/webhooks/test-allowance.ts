// How many tests an app may have posted: they go past the queue, so nothing else slows them down.
import type { AppId } from '../protocol/ids.ts';

export const TESTS_A_MINUTE = 10;
const WINDOW_MS = 60_000;

export class TestAllowance {
  readonly #sent = new Map<AppId, number>();
  #sinceMs = Number.NEGATIVE_INFINITY;

  /** @returns whether one more may be sent now. */
  take(app: AppId, nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= WINDOW_MS) {
      this.#sent.clear();
      this.#sinceMs = nowMs;
    }
    const sent = this.#sent.get(app) ?? 0;
    if (sent >= TESTS_A_MINUTE) return false;
    this.#sent.set(app, sent + 1);
    return true;
  }
}
