// `npm run example:chat`, the whole of it as a newcomer starts it.
import { expect, test } from 'bun:test';
import { join } from 'node:path';

const START = join(import.meta.dir, '..', '..', '..', 'examples', 'chat', 'start.ts');
const TEST_MS = 60_000;
/** A child that hangs must not outlive the test. */
const CHILD_MS = 50_000;

test(
  'the chat example starts with one command, restarts Vask on Enter and ends with all it has started',
  async () => {
    await using child = Bun.spawn([process.execPath, START], {
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: CHILD_MS,
    });
    const said = reader(child.stdout);
    const addresses = await said.until(/chat: +(\S+).*itself: +(\S+).*Enter/s);
    const [page = '', vask = ''] = addresses.slice(1);
    expect(await (await fetch(page)).text()).toContain('<title>Vask chat</title>');
    expect((await fetch(`${vask}/ready`)).status).toBe(200);

    child.stdin.write('\n');
    await child.stdin.flush();
    await said.until(/Vask is back/);
    expect((await fetch(`${vask}/ready`)).status).toBe(200);

    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
    expect(await fetch(`${vask}/ready`).catch(() => null)).toBeNull();
  },
  TEST_MS,
);

function reader(stream: ReadableStream<Uint8Array>): { until(wanted: RegExp): Promise<RegExpExecArray> } {
  const chunks = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  return {
    async until(wanted) {
      for (;;) {
        const match = wanted.exec(text);
        if (match !== null) return match;
        const { done, value } = await chunks.read();
        if (done) throw new Error(`It ended, having said only: ${text}`);
        text += decoder.decode(value, { stream: true });
      }
    },
  };
}
