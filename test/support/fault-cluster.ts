// Real nodes in processes of their own, each with its own cable to Redis, behind a balancer; clients are pusher-js. What
// the clients see is compared with what is true.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Backend from 'pusher';
import { authorizationOptions, SdkClient, signaturesOf } from '../wire/sdk-support/client.ts';
import { addressOptions } from '../wire/sdk-support/stage.ts';
import { SDK_8 } from '../wire/sdk-support/versions.ts';
import { Actor } from './actor.ts';
import { Balancer } from './balancer.ts';
import { APP_ID, KEY, SECRET } from './credentials.ts';
import { Load } from './load.ts';
import { NodeProcess } from './node-process.ts';
import { Receiver } from './receiver.ts';

export interface FaultOptions {
  /** The address of Redis for each node: one, or as many as there are nodes. */
  readonly redisUrls: readonly string[];
  readonly nodes?: number;
  /** More of the configuration of all nodes. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether the nodes are waited for. */
  readonly isReady?: boolean;
}

export interface ActorOptions {
  readonly watchlist?: readonly string[];
  /** The port to connect to; that of the balancer unless told. */
  readonly port?: number;
}

const WEBHOOK_EVENTS = ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed'];

export class FaultCluster implements AsyncDisposable {
  readonly nodes: readonly NodeProcess[];
  readonly balancer: Balancer;
  readonly receiver: Receiver;
  /** What all of its keys begin with. */
  readonly prefix: string;
  readonly actors: Actor[] = [];
  #load: Load | null = null;
  readonly #directory: string;
  readonly #backend = new Backend({ appId: APP_ID, key: KEY, secret: SECRET, host: '127.0.0.1', useTLS: false });

  private constructor(directory: string, nodes: readonly NodeProcess[], balancer: Balancer, receiver: Receiver) {
    this.#directory = directory;
    this.nodes = nodes;
    this.balancer = balancer;
    this.receiver = receiver;
    this.prefix = prefixIn(directory);
  }

  static async start({ redisUrls, nodes = 3, settings = {}, isReady = true }: FaultOptions): Promise<FaultCluster> {
    const directory = mkdtempSync(join(tmpdir(), 'vask-faults-'));
    const receiver = new Receiver();
    const config = join(directory, 'vask.json');
    writeFileSync(config, JSON.stringify(configOf(directory, receiver, settings)));
    const made: NodeProcess[] = [];
    for (let at = 0; at < nodes; at++) {
      const own = join(directory, `node-${at}`);
      mkdirSync(own);
      const redisUrl = redisUrls[at % redisUrls.length] ?? '';
      const args = ['--config', config, '--node-name', `node-${at}`, '--redis-url', redisUrl];
      made.push(await NodeProcess.at({ name: `node-${at}`, directory: own, args }));
    }
    const balancer = await Balancer.open({ targets: made.map(({ port }) => port) });
    const cluster = new FaultCluster(directory, made, balancer, receiver);
    try {
      for (const node of made) node.spawn();
      if (isReady) await Promise.all(made.map((node) => node.ready()));
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  node(at: number): NodeProcess {
    const node = this.nodes[at];
    if (node === undefined) throw new Error(`There is no node ${at}.`);
    return node;
  }

  /** Somebody who is connected. */
  async actor(id: string, { watchlist, port = this.balancer.port }: ActorOptions = {}): Promise<Actor> {
    const person = { id, ...(watchlist === undefined ? {} : { watchlist }) };
    const authorization = authorizationOptions(SDK_8, signaturesOf(this.#backend, person));
    const sdk = new SdkClient(new SDK_8.Pusher(KEY, { ...addressOptions(port), ...authorization }));
    const actor = new Actor(id, sdk, () => this.#load?.begun ?? 0);
    this.actors.push(actor);
    await sdk.connected();
    return actor;
  }

  /** Several of them, who go into the same channels. */
  async crowd(ids: readonly string[], channels: readonly string[], options: ActorOptions = {}): Promise<Actor[]> {
    return await Promise.all(
      ids.map(async (id) => {
        const actor = await this.actor(id, options);
        await actor.join(...channels);
        return actor;
      }),
    );
  }

  /** Begins to publish by all nodes in turn. */
  startLoad(channels: readonly string[]): Load {
    this.#load = new Load(this.nodes, channels);
    this.#load.start();
    return this.#load;
  }

  async publish(at: number, channels: readonly string[], name: string, data: object): Promise<number> {
    const body = { name, channels, data: JSON.stringify(data) };
    return (await this.node(at).request('POST', `/apps/${APP_ID}/events`, { body })).status;
  }

  /** Lets the processes go on by themselves for a moment. */
  async pause(milliseconds: number): Promise<void> {
    await Bun.sleep(milliseconds);
  }

  hangUpAll(): void {
    for (const actor of this.actors) actor.hangUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#load?.end();
    this.hangUpAll();
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.balancer.stop();
    await this.receiver[Symbol.asyncDispose]();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Its own for each cluster, also where several share a Redis. */
function prefixIn(directory: string): string {
  return `${Bun.hash(directory).toString(36)}:`;
}

function configOf(directory: string, receiver: Receiver, settings: Readonly<Record<string, unknown>>): object {
  const app = {
    id: APP_ID,
    key: KEY,
    secret: SECRET,
    clientEvents: true,
    subscriptionCount: true,
    webhooks: [{ url: receiver.url, events: WEBHOOK_EVENTS }],
  };
  return {
    redisPrefix: prefixIn(directory),
    secretKey: Buffer.alloc(32, 1).toString('base64'),
    webhookAllowedHosts: [receiver.host],
    webhookGraceSeconds: 1,
    shutdownSeconds: 1,
    logLevel: 'debug',
    apps: [app],
    ...settings,
  };
}
