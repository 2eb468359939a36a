// Where a test with the real SDKs takes place: a Vask of its own, a backend that publishes, clients that come and go.
import Backend from 'pusher';
import type { Options } from 'pusher-js';
import { startVask, type TestServer, type TestServerOptions } from '../../support/server.ts';
import { authorizationOptions, type ClientOptions, SdkClient, signaturesOf } from './client.ts';
import type { SdkVersion } from './versions.ts';

export interface Stage extends AsyncDisposable {
  readonly vask: TestServer;
  readonly backend: Backend;
  /** Begins to connect. */
  knock(options?: ClientOptions): SdkClient;
  /** A client that is connected. */
  client(options?: ClientOptions): Promise<SdkClient>;
}

const MASTER_KEY = Buffer.alloc(32, 1).toString('base64');

export function backendOf({ app, port }: TestServer, changes: { key?: string; secret?: string } = {}): Backend {
  const { id: appId, key, secret } = { ...app, ...changes };
  const host = '127.0.0.1';
  return new Backend({
    appId,
    key,
    secret,
    host,
    port: String(port),
    useTLS: false,
    encryptionMasterKeyBase64: MASTER_KEY,
  });
}

/** Options that lead every version to the server, and by WebSocket alone. */
export function addressOptions(port: number) {
  const enabledTransports: Options['enabledTransports'] & {} = ['ws', 'wss'];
  return {
    cluster: 'test',
    wsHost: '127.0.0.1',
    wsPort: port,
    wssPort: port,
    forceTLS: false,
    enabledTransports,
    disableStats: true,
  } satisfies Options;
}

export async function openStage(version: SdkVersion, options: TestServerOptions = {}): Promise<Stage> {
  const vask = await startVask(options);
  const backend = backendOf(vask);
  const clients: SdkClient[] = [];
  const knock = ({ key = vask.app.key, person = { id: 'nobody' }, ...changes }: ClientOptions = {}): SdkClient => {
    const authorization = authorizationOptions(version, signaturesOf(backend, person));
    const pusher = new version.Pusher(key, { ...addressOptions(vask.port), ...authorization, ...changes });
    const client = new SdkClient(pusher);
    clients.push(client);
    return client;
  };
  return {
    vask,
    backend,
    knock,
    client: async (options) => await knock(options).connected(),
    async [Symbol.asyncDispose]() {
      for (const { pusher } of clients) pusher.disconnect();
      await vask.stop();
    },
  };
}

/** How many connections the server was asked for. */
export function attempts({ logLines }: TestServer): number {
  return logLines.filter((line) => /"event":"(connected|connectionRefused)"/.test(line)).length;
}
