// Random bytes at every stage of a connection; what fails names the seed and the smallest counterexample.
import { afterAll, afterEach, describe, test } from 'bun:test';
import * as fc from 'fast-check';
import { standBy } from '../support/bystander.ts';
import { KEY } from '../support/credentials.ts';
import { hostileText } from '../support/generators.ts';
import { startVask } from '../support/server.ts';
import { frameBytes, requestText, TcpClient, UPGRADE_HEADERS } from '../support/tcp.ts';

const vask = await startVask();
afterEach(await standBy(vask));
afterAll(() => vask.stop());

async function connected(): Promise<TcpClient> {
  const client = await TcpClient.webSocket(vask.port);
  await client.text();
  return client;
}

describe('[P-1.2] the process lives and a bystander is served after', () => {
  const runs = { numRuns: 150 };
  const timeoutMs = 30_000;

  /** Sends everything, then waits for an answer that is surely the last, or for the end. */
  async function survive(write: (client: TcpClient) => void): Promise<void> {
    const client = await connected();
    write(client);
    client.say('', { opcode: 8 });
    await client.ended;
    client.close();
  }

  test(
    'any text in frames',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(hostileText(['event', 'data', 'channel', 'auth', 'channel_data', 'user_data']), { maxLength: 8 }),
          (texts) =>
            survive((client) => {
              for (const text of texts) client.say(text);
            }),
        ),
        runs,
      ),
    timeoutMs,
  );

  test(
    'any bytes in frames of any form',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.tuple(
              fc.uint8Array({ maxLength: 200 }),
              fc.nat({ max: 15 }),
              fc.boolean(),
              fc.constantFrom(true, true, true, false),
              fc.constantFrom(0, 0, 0, 1, 4),
            ),
          ),
          (frames) =>
            survive((client) => {
              for (const [payload, opcode, isFinal, isMasked, reserved] of frames)
                client.say(payload, { opcode, isFinal, isMasked, reserved });
            }),
        ),
        runs,
      ),
    timeoutMs,
  );

  test(
    'any bytes after the upgrade',
    () =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 14, maxLength: 300 }), async (bytes) => {
          const client = await connected();
          client.write(bytes);
          client.socket.end();
          await client.ended;
        }),
        runs,
      ),
    timeoutMs,
  );

  test(
    'any bytes in place of a request',
    () =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(), async (bytes, at) => {
          const client = new TcpClient(vask.port);
          // Half of them begin like an upgrade and go wrong somewhere.
          const request = Buffer.from(requestText('GET', `/app/${KEY}`, UPGRADE_HEADERS));
          if (at % 2 === 0) client.write(request.subarray(0, at % request.length));
          client.write(bytes);
          client.socket.end();
          await client.ended;
          client.close();
        }),
        runs,
      ),
    timeoutMs,
  );

  test('clients that vanish at any moment', async () => {
    const opening = Buffer.concat([
      Buffer.from(requestText('GET', `/app/${KEY}`, UPGRADE_HEADERS)),
      frameBytes('{"event":"pusher:subscribe","data":{"channel":"private-bystander","auth":"x:y"}}'),
      frameBytes('{"event":"pusher:subscribe","data":{"channel":"a"}}'),
    ]);
    for (let length = 0; length <= opening.length; length += 3) {
      const client = new TcpClient(vask.port);
      client.socket.write(opening.subarray(0, length), () => client.socket.resetAndDestroy());
      await client.ended;
    }
  });
});
