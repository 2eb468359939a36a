// Whom the commands that administrate work on: a running server, or the database of the server of this machine.
import { TOKEN_VARIABLE, URL_VARIABLE } from '../../config/environment.ts';
import type { Options } from '../command-table.ts';
import { UsageError } from '../failure.ts';
import { parseServerUrl } from '../target.ts';
import type { AdminClient } from './client.ts';
import { LOCAL_OPTIONS, type LocalValues } from './local-store.ts';
import { remoteAdmin } from './remote.ts';

export const ADMIN_OPTIONS = {
  url: { type: 'string', short: 'u', value: 'URL', text: 'a running server (or VASK_URL); needs a token' },
  token: {
    type: 'string',
    value: 'TOKEN',
    text: `a personal access token (or, hidden from others, ${TOKEN_VARIABLE})`,
  },
  ...LOCAL_OPTIONS,
  as: {
    type: 'string',
    value: 'EMAIL',
    text: 'without a server: in the name of this account (default: the first admin)',
  },
} as const satisfies Options;

export const ADMIN_DETAILS = `With --url (or VASK_URL) and a token it asks a running server; otherwise it works on the database of this machine, which
a server that is running beside it notices within a second.`;

export interface AdminValues extends LocalValues {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly as?: string | undefined;
}

/** The URL and token of the server; null for the database. */
export function serverOf(values: AdminValues): { readonly url: string; readonly token: string } | null {
  const url = values.url ?? (process.env[URL_VARIABLE] || undefined);
  const token = values.token ?? (process.env[TOKEN_VARIABLE] || undefined);
  // A token of the environment alone is for another command.
  if (url === undefined && values.token === undefined) return null;
  if (url === undefined) throw new UsageError(`A token is there, but no server; give --url or ${URL_VARIABLE}.`);
  if (token === undefined) throw new UsageError(`A server needs a token; give --token or ${TOKEN_VARIABLE}.`);
  return { url: parseServerUrl(url), token };
}

/** Does the work with a client that is closed afterwards. */
export async function withAdmin<Result>(
  values: AdminValues,
  work: (client: AdminClient) => Promise<Result>,
): Promise<Result> {
  const server = serverOf(values);
  // What the database needs is loaded only for those who use it.
  const client =
    server === null ? await (await import('./local.ts')).localAdmin(values) : remoteAdmin(server.url, server.token);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
