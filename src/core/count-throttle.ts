// When the subscribers of a channel are told how many they are: at once while they are few, else every few seconds
// (docs/protocol.md P-4.17). Without it, a channel of n subscribers that fills up would cost n²/2 frames.

/** Up to this many subscribers, every change is told. */
const SMALL_CHANNEL = 100;
/** Above it, at most one frame in this time. */
const INTERVAL_MS = 5_000;

export class CountThrottle {
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #isWaiting = false;

  /** What to do about a change: tell it now (0), tell it after so many milliseconds, or nothing, a wait being under way. */
  change(total: number, nowMs: number): number | null {
    if (this.#isWaiting) return null;
    const waitMs = total <= SMALL_CHANNEL ? 0 : this.#toldAtMs + INTERVAL_MS - nowMs;
    if (waitMs > 0) {
      this.#isWaiting = true;
      return waitMs;
    }
    this.#toldAtMs = nowMs;
    return 0;
  }

  /** The wait is over and the count is being told. */
  waited(nowMs: number): void {
    this.#isWaiting = false;
    this.#toldAtMs = nowMs;
  }
}
