// The server that is attacked: a process of its own, with a neighbour whose every text carries a marker, and a bystander
// who must be served all the time. After each round the stage says whether all is still well.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/storage/open-store.ts';
import { RawClient } from '../support/client.ts';
import { APP_ID, channelAuth, KEY, SECRET, signedQuery } from '../support/credentials.ts';
import { type Person, personOn } from '../support/managed.ts';
import { PROGRAM } from '../support/program.ts';

/** In every text of the neighbour; whoever attacks may never read it. */
export const MARKER = 'neighbours-own';
const NEIGHBOUR = { id: '2002', key: 'neighbours-key', secret: 'secret-of-the-neighbour' };
const CHANNEL = 'private-bystander';
/** What nobody may read in the log or an answer. */
const SECRETS = [SECRET, NEIGHBOUR.secret];
const MOST_MEMORY_BYTES = 700_000_000;
const READY_MS = 20_000;

/** Whoever floods is turned away, and then nothing of what is meant here would be reached. */
const NO_FLOOD_LIMITS = {
  connectRate: 0,
  connectionsPerAddress: 0,
  clientMessageRate: 0,
  clientByteRate: 0,
  subscriptionRate: 0,
  badAuthRate: 0,
  badRequestRate: 0,
  overloadLagMs: 0,
  overloadMemoryBytes: 0,
};

/** Log lines of these events say that something inside has failed. */
const BAD_EVENTS = /^(failed|\w+Failed|unhandled\w*)$/;

export class Stage implements AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** A member without any app. */
  readonly person: Person;
  /** An app of somebody else, which the person must not see. */
  readonly foreignApp: string;
  readonly #child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>;
  readonly #log: Log;
  readonly #directory: string;
  readonly #bystander: RawClient;
  readonly #neighbour: RawClient;
  #published = 0;

  private constructor(parts: Parts, bystander: RawClient, neighbour: RawClient) {
    this.url = parts.url;
    this.port = Number(new URL(parts.url).port);
    this.person = parts.person;
    this.foreignApp = parts.foreignApp;
    this.#child = parts.child;
    this.#log = parts.log;
    this.#directory = parts.directory;
    this.#bystander = bystander;
    this.#neighbour = neighbour;
  }

  /** @param settings of the configuration, beside the apps. */
  static async open(settings: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
    const parts = await startVictim(settings);
    const open = async (key: string): Promise<RawClient> => {
      const address = `${parts.url.replace('http', 'ws')}/app/${key}?protocol=7`;
      return await (await new RawClient(address).opened()).greeted();
    };
    const bystander = await open(KEY);
    await bystander.subscribe(CHANNEL);
    // The app has counts switched on; after this one the number stays as it is.
    await bystander.nextText();
    const neighbour = await open(NEIGHBOUR.key);
    const stage = new Stage(parts, bystander, neighbour);
    await stage.#furnish();
    return stage;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get memoryBytes(): number {
    const [, kilobytes = '0'] = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1_024;
  }

  /** The neighbour is in channels of the same names as those that are attacked. */
  async #furnish(): Promise<void> {
    const signer = new Bun.CryptoHasher('sha256', NEIGHBOUR.secret);
    const join = async (channel: string, channelData?: string): Promise<void> => {
      const signed = [this.#neighbour.socketId, channel, ...(channelData === undefined ? [] : [channelData])].join(':');
      const auth = `${NEIGHBOUR.key}:${signer.copy().update(signed).digest('hex')}`;
      this.#neighbour.say({ event: 'pusher:subscribe', data: { channel, auth, channel_data: channelData } });
      await this.#neighbour.nextText();
    };
    await join('a');
    await join('private-a');
    await join('presence-a', JSON.stringify({ user_id: MARKER, user_info: { name: MARKER } }));
    for (const channel of ['cache-a', 'private-cache-a', 'presence-cache-a']) {
      await this.#publish(NEIGHBOUR, { name: MARKER, channel, data: MARKER });
    }
  }

  async #publish({ id, key, secret }: typeof NEIGHBOUR, event: object): Promise<void> {
    const body = JSON.stringify(event);
    const path = `/apps/${id}/events`;
    const { status } = await fetch(`${this.url}${path}?${signedQuery('POST', path, body, { key, secret })}`, {
      method: 'POST',
      body,
    });
    if (status !== 200) throw new Error(`A good publish was answered with ${status}.`);
  }

  /** @throws unless the process lives, remembers little, has not failed inside, and serves the bystander every event. */
  async isWell(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      throw new Error(`It ended with ${this.#child.exitCode ?? this.#child.signalCode}: ${this.#log.last}`);
    }
    const data = String(this.#published++);
    await this.#publish({ id: APP_ID, key: KEY, secret: SECRET }, { name: 'still', channel: CHANNEL, data });
    const heard = await this.#bystander.nextText();
    if (heard !== `{"event":"still","channel":"${CHANNEL}","data":"${data}"}`) {
      throw new Error(`The bystander heard ${heard} in place of ${data}.`);
    }
    for (const text of this.#neighbour.texts) if (text.includes('"a"')) throw new Error(`The neighbour heard ${text}`);
    const { memoryBytes } = this;
    if (memoryBytes > MOST_MEMORY_BYTES) throw new Error(`It takes ${memoryBytes} bytes.`);
    if (this.#log.bad !== null) throw new Error(`The log says: ${this.#log.bad}`);
  }

  /** The subscription that is let in, for inputs that go deeper. */
  channelAuth(socketId: string, channel: string, channelData?: string): string {
    return channelAuth(socketId, channel, channelData);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#child.exited;
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

interface Parts {
  readonly url: string;
  readonly directory: string;
  readonly person: Person;
  readonly foreignApp: string;
  readonly child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>;
  readonly log: Log;
}

async function startVictim(settings: Readonly<Record<string, unknown>>): Promise<Parts> {
  const directory = mkdtempSync(join(tmpdir(), 'vask-fuzz-'));
  const app = {
    id: APP_ID,
    key: KEY,
    secret: SECRET,
    clientEvents: true,
    subscriptionCount: true,
    subscriptionErrors: true,
  };
  const config = join(directory, 'vask.json');
  const place = { host: '127.0.0.1', port: 0, dataDirectory: directory, logFormat: 'json', shutdownSeconds: 0 };
  const apps = [app, { ...NEIGHBOUR, name: MARKER }];
  writeFileSync(config, JSON.stringify({ ...place, ...NO_FLOOD_LIMITS, ...settings, apps }));
  const store = await openStore({ url: null, dataDirectory: directory, secretKey: null });
  const other = await personOn({ store, url: '' }, `${MARKER}@example.com`, 'member');
  const person = await personOn({ store, url: '' }, 'mallory@example.com', 'member');
  await store.close();
  const child = Bun.spawn([...PROGRAM, 'serve', '--config', config], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log = new Log(child.stderr, [...SECRETS, other.token, person.token]);
  const url = await log.started;
  Object.assign(person, { url });
  Object.assign(other, { url });
  const foreign = await other.createApp(MARKER);
  log.forbid(foreign.secret);
  return { url, directory, person, foreignApp: foreign.id, child, log };
}

/** Reads the log of the process, and remembers the first line that should not be there. */
class Log {
  readonly started: Promise<string>;
  bad: string | null = null;
  last = '';
  readonly #secrets: string[];

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>, secrets: readonly string[]) {
    this.#secrets = [...secrets];
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.started = promise;
    const timer = setTimeout(() => reject(new Error(`It did not start: ${this.last}`)), READY_MS);
    void this.#read(stream, (url) => {
      clearTimeout(timer);
      resolve(url);
    }).then(() => reject(new Error(`It ended: ${this.last}`)));
  }

  forbid(secret: string): void {
    this.#secrets.push(secret);
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>, started: (url: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line, started);
    }
  }

  #take(line: string, started: (url: string) => void): void {
    this.last = line;
    if (this.#secrets.some((secret) => line.includes(secret))) this.bad ??= line;
    try {
      const { event, level, urls } = JSON.parse(line) as { event: string; level: string; urls?: readonly string[] };
      if (BAD_EVENTS.test(event) || level === 'error') this.bad ??= line;
      if (event === 'started') started(urls?.[0] ?? '');
    } catch {
      // What is no line of the log was printed by something that broke.
      this.bad ??= line;
    }
  }
}
