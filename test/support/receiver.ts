// A backend that is told by webhooks: it checks each post with the official package, and keeps what it was told.
import Pusher from 'pusher';
import { KEY, SECRET } from './credentials.ts';

export type WebhookEvent = Readonly<Record<string, string | number>>;

export interface ReceivedPost {
  readonly id: string;
  readonly isValid: boolean;
  readonly headers: Headers;
  readonly body: string;
  readonly path: string;
}

/** What to answer; 204 unless told. */
export type Answer = (post: ReceivedPost) => Response | Promise<Response>;

/** Longer than anything that is waited for; a test that comes so far has failed. */
const PATIENCE_MS = 15_000;

export class Receiver implements AsyncDisposable {
  readonly posts: ReceivedPost[] = [];
  /** Each event once, whatever has been repeated. */
  readonly events: WebhookEvent[] = [];
  answer: Answer = () => new Response(null, { status: 204 });
  readonly #seen = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #server: Bun.Server<undefined>;

  constructor(pairs: readonly { readonly key: string; readonly secret: string }[] = [{ key: KEY, secret: SECRET }]) {
    const [first = { key: KEY, secret: SECRET }] = pairs;
    const pusher = new Pusher({ appId: '1', host: 'localhost', ...first });
    this.#server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      idleTimeout: 30,
      fetch: async (request) => {
        const body = await request.text();
        const webhook = pusher.webhook({ headers: Object.fromEntries(request.headers), rawBody: body });
        const id = request.headers.get('x-vask-delivery') ?? '';
        const isValid = webhook.isValid(pairs.slice(1));
        const { pathname: path } = new URL(request.url);
        const post = { id, isValid, headers: request.headers, body, path };
        this.posts.push(post);
        const response = await this.answer(post);
        // What was not taken will come again.
        if (response.ok && !this.#seen.has(id)) {
          this.#seen.add(id);
          this.events.push(...(webhook.getEvents() as unknown as WebhookEvent[]));
        }
        for (const look of this.#waiting) look();
        return response;
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/hooks`;
  }

  get host(): string {
    return `127.0.0.1:${this.#server.port}`;
  }

  get names(): string[] {
    return this.events.map(({ name, channel, user_id: user }) => [name, channel, user].filter(Boolean).join(' '));
  }

  /** Resolves when it holds, which is looked at after each post. */
  async until(holds: () => boolean, what = 'the post'): Promise<void> {
    if (holds()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      if (holds()) resolve();
    };
    this.#waiting.add(look);
    const timer = setTimeout(() => reject(new Error(`${what} never came: ${this.names.join(', ')}`)), PATIENCE_MS);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}
