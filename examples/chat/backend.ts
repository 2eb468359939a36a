// The backend of the chat. It alone knows the app's secret and who somebody is, so it signs what its users may do and
// publishes what they say. All of it is the official `pusher` package and would be the same in any web framework.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BunRequest } from 'bun';
import Pusher from 'pusher';
import { Sessions, type User } from './sessions.ts';

/** Its members see each other (presence), and whoever joins is sent the last message (cache). */
const CHANNEL = 'presence-cache-chat';
const MAX_NAME_LENGTH = 40;
const MAX_TEXT_LENGTH = 1_000;

export interface BackendOptions {
  readonly hostname: string;
  readonly port: number;
  /** Where Vask is, and the app there. */
  readonly vask: { readonly port: number; readonly id: string; readonly key: string; readonly secret: string };
}

type Action = (request: BunRequest, user: User) => Promise<Response>;

export function startBackend({ hostname, port, vask }: BackendOptions): Bun.Server<undefined> {
  const { id: appId, key, secret } = vask;
  const pusher = new Pusher({ appId, key, secret, host: '127.0.0.1', port: String(vask.port), useTLS: false });
  const sessions = new Sessions();

  const signedIn = (act: Action) => async (request: BunRequest) => {
    const user = sessions.userOf(request);
    return user === null ? refusal(401, 'Sign in first.') : await act(request, user);
  };

  const signIn = async (request: BunRequest): Promise<Response> => {
    const name = textOf((await bodyOf(request))['name'], MAX_NAME_LENGTH);
    if (name === null) return refusal(400, `A name has 1 to ${MAX_NAME_LENGTH} characters.`);
    return Response.json(sessions.open(request, name));
  };

  // pusher-js asks these two: may this connection enter the channel, and which user is it?
  const authorizeChannel: Action = async (request, { id, name }) => {
    const { socket_id = '', channel_name } = await formOf(request);
    if (channel_name !== CHANNEL) return refusal(403, 'There is no such channel.');
    return Response.json(pusher.authorizeChannel(socket_id, CHANNEL, { user_id: id, user_info: { name } }));
  };
  const authenticateUser: Action = async (request, { id }) => {
    const { socket_id = '' } = await formOf(request);
    return Response.json(pusher.authenticateUser(socket_id, { id }));
  };

  const say: Action = async (request, user) => {
    const { text: given, to = null, socketId } = await bodyOf(request);
    const text = textOf(given, MAX_TEXT_LENGTH);
    if (text === null) return refusal(400, `A message has 1 to ${MAX_TEXT_LENGTH} characters.`);
    const message = { id: crypto.randomUUID(), from: user, to, text, sentAt: Date.now() };
    if (to === null) {
      // The tab that says it shows it already; its socket id spares it the echo.
      const except = typeof socketId === 'string' ? { socket_id: socketId } : {};
      await pusher.trigger(CHANNEL, 'message', message, except);
    } else {
      if (typeof to !== 'string' || !sessions.has(to)) return refusal(404, 'There is no such user.');
      // To every tab of both, wherever they are.
      await Promise.all([to, user.id].map((userId) => pusher.sendToUser(userId, 'direct-message', message)));
    }
    return Response.json(message);
  };

  return Bun.serve({
    hostname,
    port,
    routes: {
      ...PAGE,
      '/session': {
        GET: (request) =>
          Response.json({ user: sessions.userOf(request), vask: { key, port: vask.port, channel: CHANNEL } }),
        POST: signIn,
        DELETE: (request) => {
          sessions.close(request);
          return new Response(null, { status: 204 });
        },
      },
      '/pusher/auth': { POST: signedIn(authorizeChannel) },
      '/pusher/user-auth': { POST: signedIn(authenticateUser) },
      '/messages': { POST: signedIn(say) },
    },
    fetch: () => refusal(404, 'There is nothing here.'),
    error: explain,
  });
}

const PAGE = {
  '/': file('index.html'),
  '/chat.css': file('chat.css'),
  '/chat.js': file('chat.js'),
  '/view.js': file('view.js'),
  // As npm has it, not a build of our own.
  '/pusher.js': () => new Response(Bun.file(fileURLToPath(import.meta.resolve('pusher-js/dist/web/pusher.min.js')))),
};

function file(name: string): () => Response {
  // The page loads nothing from elsewhere and speaks only to us and to Vask.
  const policy = "default-src 'self'; img-src data:; connect-src 'self' ws: wss:";
  const headers = { 'content-security-policy': policy, 'cache-control': 'no-cache' };
  return () => new Response(Bun.file(join(import.meta.dir, 'page', name)), { headers });
}

function explain(error: Error): Response {
  if (!(error instanceof Pusher.RequestError)) throw error;
  // Vask has refused, and the body says why, or it is away.
  console.error(`Not published: ${error.body ?? error.error}`);
  return refusal(502, 'It could not be sent; try again in a moment.');
}

function refusal(status: number, text: string): Response {
  return new Response(text, { status });
}

/** The members of a JSON object; none when the body is anything else. */
async function bodyOf(request: BunRequest): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await request.json().catch(() => null);
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** pusher-js sends its questions as forms. */
async function formOf(request: BunRequest): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(new URLSearchParams(await request.text()));
}

function textOf(value: unknown, maxLength: number): string | null {
  const text = typeof value === 'string' ? value.trim() : '';
  return text.length >= 1 && text.length <= maxLength ? text : null;
}
