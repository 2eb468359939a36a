// Rightly signed requests with arbitrary contents: whatever a broken backend sends, the answer is a success or one of the
// documented refusals, never a failure of the server.
import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { standBy } from '../support/bystander.ts';
import { APP_ID, signedQuery } from '../support/credentials.ts';
import { anyText, hostileText, jsonObjectText } from '../support/generators.ts';
import { startVask } from '../support/server.ts';

const vask = await startVask();
const BASE = `/apps/${APP_ID}`;

afterEach(await standBy(vask));
afterAll(() => vask.stop());

const RUNS = { numRuns: 100 };
const TIMEOUT_MS = 30_000;

/** The contract of every answer. */
async function expectDocumented(answer: Response): Promise<void> {
  const text = await answer.text();
  if (answer.status === 200) return expect(JSON.parse(text)).toBeObject();
  expect([400, 401, 404, 413]).toContain(answer.status);
  expect(text).toMatch(/^[^\n\r]+\n$/);
}

const EVENT_NAMES = ['name', 'data', 'channel', 'channels', 'socket_id', 'info'];
const event = fc.record(
  {
    name: fc.oneof(anyText, fc.constant('e')),
    data: fc.oneof(anyText, fc.constant('d')),
    channel: fc.oneof(anyText, fc.constantFrom('a', 'presence-a', 'cache-a', '#server-to-user-x')),
    channels: fc.array(fc.oneof(anyText, fc.constantFrom('a', 'b', '__proto__'))),
    socket_id: fc.oneof(anyText, fc.constantFrom('1.1', '01.1', '1.1\n')),
    info: fc.oneof(anyText, fc.constantFrom('user_count', 'cache,subscription_count', ',', 'user_count,')),
  },
  { requiredKeys: [] },
);
const anyEvent = fc.oneof(
  event.map((value) => JSON.stringify(value)),
  jsonObjectText(EVENT_NAMES),
  hostileText(EVENT_NAMES),
);
const anyBatch = fc.oneof(
  fc.array(event, { maxLength: 12 }).map((batch) => JSON.stringify({ batch })),
  hostileText(['batch', ...EVENT_NAMES]),
);

describe('[H-5.7] any body', () => {
  test.each([
    ['events', anyEvent],
    ['batch_events', anyBatch],
    ['users/7/events', anyEvent],
    ['users/7/terminate_connections', anyEvent],
  ])(
    'of POST %s',
    (path, bodies) =>
      fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          // A lone surrogate cannot be sent; what takes its place is what is signed.
          await expectDocumented(await vask.request('POST', `${BASE}/${path}`, { body: body.toWellFormed() }));
        }),
        RUNS,
      ),
    TIMEOUT_MS,
  );
});

describe('[H-6.3] any name and parameters', () => {
  const name = fc.oneof(anyText, fc.constantFrom('a', 'presence-a', 'private-cache-a', '..', '%', '#')).map((text) => {
    const encoded = encodeURIComponent(text.toWellFormed());
    // A path of dots is taken for the way to another path by every client.
    return encoded === '' || /^\.+$/.test(encoded) ? 'a' : encoded;
  });
  const parameters = fc.record(
    {
      info: fc.oneof(anyText, fc.constantFrom('user_count', 'cache', 'subscription_count')),
      filter_by_prefix: anyText,
    },
    { requiredKeys: [] },
  );
  const wellFormed = (given: Record<string, string | undefined>): Record<string, string> =>
    Object.fromEntries(Object.entries(given).map(([key, value]) => [key, (value ?? '').toWellFormed()]));

  test.each([['channels'], ['channels/NAME'], ['channels/NAME/users'], ['channels/NAME/stats']])(
    'of GET %s',
    (path) =>
      fc.assert(
        fc.asyncProperty(name, parameters, async (named, given) => {
          const target = `${BASE}/${path.replace('NAME', () => named)}`;
          await expectDocumented(await vask.request('GET', target, { parameters: wellFormed(given) }));
        }),
        RUNS,
      ),
    TIMEOUT_MS,
  );
});

test(
  '[H-2.7] any query in place of a signed one is refused',
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(anyText, hostileText(['auth_key', 'auth_signature', '&', '='])),
        fc.boolean(),
        async (noise, isBehind) => {
          const query = noise.toWellFormed().replaceAll('#', '');
          const signed = signedQuery('GET', `${BASE}/channels`, '').slice(0, -1);
          const answer = await fetch(`${vask.url}${BASE}/channels?${isBehind ? `${signed}&${query}` : query}`);
          expect(answer.status).toBe(401);
          expect(await answer.text()).toMatch(/^[^\n\r]+\n$/);
        },
      ),
      RUNS,
    ),
  TIMEOUT_MS,
);
