// People and tools hang up in the middle of a body. That is no failure of the server, and must not look like one.
import { afterAll, expect, test } from 'bun:test';
import { eventually } from '../support/managed.ts';
import { startVask } from '../support/server.ts';
import { requestText, TcpClient } from '../support/tcp.ts';

const vask = await startVask();
afterAll(() => vask.stop());

test.each([
  ['/api/v1/session', 'application/json'],
  ['/oauth/token', 'application/x-www-form-urlencoded'],
  ['/oauth/device/code', 'application/x-www-form-urlencoded'],
])('[P-1.2] a body that breaks off, sent to %s, is not logged as a failure', async (path, type) => {
  const headers = { 'content-type': type, 'content-length': '50' };
  const client = new TcpClient(vask.port);
  client.write(requestText('POST', path, headers, '{"email":'));
  client.socket.end();
  await client.ended;
  // The line of a refusal, or the answer to the next request, is behind the one that a failure would have written.
  await eventually(
    async () => {
      const { status } = await fetch(`${vask.url}/api/v1/session`);
      return { status, refused: vask.logLines.some((line) => line.includes('adminRefused')) };
    },
    ({ status, refused }) => status === 401 && refused,
  );
  expect(vask.logLines.filter((line) => /"event":"\w*[fF]ailed"|"level":"error"/.test(line))).toEqual([]);
});
