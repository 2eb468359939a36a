// A Vask that stops at the end of the block that opened it: `await using vask = await openVask()`.
import { startVask, type TestServer, type TestServerOptions } from './server.ts';

export async function openVask(options: TestServerOptions = {}): Promise<TestServer & AsyncDisposable> {
  const server = await startVask(options);
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}
