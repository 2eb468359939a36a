// Administrates a running server over its HTTP API.
import { send } from '../http-client.ts';
import { type AdminClient, answerOf, contentOf } from './client.ts';

/** A test of a webhook may take as long as its endpoint may. */
const TIMEOUT_MS = 30_000;

export function remoteAdmin(url: string, token: string): AdminClient {
  return {
    isRemote: true,
    async ask(method, path, ask = {}) {
      const init = { method, ...contentOf(ask, token) };
      const { status, headers, text } = await send({ url, timeoutMs: TIMEOUT_MS }, `/api/v1${path}`, init);
      return answerOf(status, headers, text);
    },
    async close() {},
  };
}
