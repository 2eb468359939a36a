// Asks again and again for what another process brings about in its own time.

const LONGEST_MS = 20_000;
const LOOK_AGAIN_MS = 10;

/**
 * The first answer that is not null.
 * @param what completes the sentence "there is still not …".
 */
export async function eventually<Answer>(what: string, ask: () => Promise<Answer | null>): Promise<Answer> {
  const endMs = performance.now() + LONGEST_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > endMs) throw new Error(`there is still not ${what} after ${LONGEST_MS / 1_000} s`);
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}
