// What each published version of pusher-js does when it is not let in: it gives up, or pauses, as the code says.
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { makeCertificate } from '../../support/certificate.ts';
import type { TestServerOptions } from '../../support/server.ts';
import { attempts, openStage } from '../sdk-support/stage.ts';
import { SDK_VERSIONS } from '../sdk-support/versions.ts';

const TIMEOUT_MS = 30_000;
const CLIENT = join(import.meta.dir, '../sdk-support/trusting-client.ts');

interface Refused {
  readonly code: number;
  readonly clause: string;
  readonly why: string;
  readonly server?: TestServerOptions;
  /** What the client takes for its key; it goes into the URL as it is, before the SDK's own parameters. */
  readonly key?: (key: string) => string;
  /** Clients that are there before. */
  readonly others?: number;
}

const REFUSALS: readonly Refused[] = [
  { code: 4001, clause: 'P-2.6', why: 'the key is unknown', key: () => 'unknown' },
  { code: 4003, clause: 'P-2.6', why: 'the app is disabled', server: { app: { enabled: false } } },
  {
    code: 4004,
    clause: 'P-2.9',
    why: 'the app has its number of connections',
    server: { app: { limits: { connections: 1 } } },
    others: 1,
  },
  { code: 4005, clause: 'P-2.6', why: 'the path is unknown', key: (key) => `${key}/more` },
  { code: 4006, clause: 'P-2.2', why: 'the version is no number', key: (key) => `${key}?protocol=seven&rest=` },
  { code: 4007, clause: 'P-2.2', why: 'the version is unsupported', key: (key) => `${key}?protocol=3&rest=` },
  { code: 4008, clause: 'P-2.2', why: 'the version is empty', key: (key) => `${key}?protocol=&rest=` },
];

describe.each(SDK_VERSIONS.map((version) => [version.name, version] as const))('%s', (_name, version) => {
  for (const { code, clause, why, server = {}, key = String, others = 0 } of REFUSALS) {
    test(`[${clause}] gives up after ${code}: ${why}`, async () => {
      await using stage = await openStage(version, server);
      for (let count = 0; count < others; count++) await stage.client();
      const client = stage.knock({ key: key(stage.vask.app.key) });
      expect(await client.codes.next()).toBe(code);
      expect(await client.states.next()).toBe('disconnected');
      expect(attempts(stage.vask)).toBe(others + 1);
    });
  }

  test.concurrent(
    '[P-2.9] pauses after 4100, the node being full, and then comes in',
    async () => {
      await using stage = await openStage(version, { maxConnections: 1 });
      const first = await stage.client();
      const second = stage.knock();
      expect(await second.codes.next()).toBe(4100);
      expect(await second.pauses.next()).toBe(1);
      first.pusher.disconnect();
      await second.connected();
      await second.subscribe('orders');
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    '[P-2.7] switches to TLS after 4000',
    async () => {
      using certificate = makeCertificate();
      const { cert, key } = certificate;
      await using stage = await openStage(version, { app: { tlsOnly: true }, tls: { cert, key, port: 0 } });
      const [plain, secure] = stage.vask.urls.map((url) => new URL(url).port);
      const command = [process.execPath, CLIENT, version.name, stage.vask.app.key, plain ?? '', secure ?? ''];
      const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert };
      const child = Bun.spawn(command, { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: TIMEOUT_MS });
      const said = (await child.stdout.text()).trimEnd().split('\n');
      expect(said.map((line): unknown => JSON.parse(line))).toEqual([{ code: 4000 }, { subscribed: 'orders' }]);
      expect(await child.exited).toBe(0);
      expect(attempts(stage.vask)).toBe(2);
    },
    TIMEOUT_MS,
  );
});
