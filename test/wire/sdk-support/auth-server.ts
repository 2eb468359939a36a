// The part of a customer's backend that clients ask for signatures, on a port of its own.
import type Backend from 'pusher';
import type { Options } from 'pusher-js';
import { type Person, signaturesOf } from './client.ts';
import type { SdkVersion } from './versions.ts';

export interface AuthServer extends AsyncDisposable {
  readonly channelEndpoint: string;
  readonly userEndpoint: string;
  /** The options that lead a client here. */
  options(version: SdkVersion): Partial<Options>;
}

/** @param person whom it takes every client for; null when it knows nobody and answers 403. */
export function openAuthServer(backend: Backend, person: Person | null): AuthServer {
  const answer = async (request: Request, isUser: boolean): Promise<Response> => {
    if (person === null) return new Response('Who are you?', { status: 403 });
    const form = new URLSearchParams(await request.text());
    const socketId = form.get('socket_id') ?? '';
    const signatures = signaturesOf(backend, person);
    return Response.json(
      isUser ? signatures.user(socketId) : signatures.channel(socketId, form.get('channel_name') ?? ''),
    );
  };
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/pusher/auth': { POST: (request) => answer(request, false) },
      '/pusher/user-auth': { POST: (request) => answer(request, true) },
    },
  });
  const channelEndpoint = new URL('/pusher/auth', server.url).href;
  const userEndpoint = new URL('/pusher/user-auth', server.url).href;
  return {
    channelEndpoint,
    userEndpoint,
    options: ({ authorization }) =>
      authorization === 'authorizer'
        ? // Else the authorizer of the stage would answer.
          ({ authEndpoint: channelEndpoint, authorizer: undefined } as unknown as Partial<Options>)
        : {
            channelAuthorization: { transport: 'ajax', endpoint: channelEndpoint },
            userAuthentication: { transport: 'ajax', endpoint: userEndpoint },
          },
    [Symbol.asyncDispose]: async () => await server.stop(true),
  };
}
