// `vask sign`: prints what is signed and the signature, to compare with what a backend made.
import type { ChannelName, SocketId } from '../protocol/ids.ts';
import { channelStringToSign, Signer, userStringToSign } from '../protocol/signatures.ts';
import { command } from './command.ts';
import type { Options, Values } from './command-table.ts';
import { UsageError } from './failure.ts';
import { signUrl } from './signed-url.ts';
import { CREDENTIAL_OPTIONS, type Credentials, findCredentials } from './target.ts';
import { paintFor, print } from './terminal.ts';
import { textOrInput } from './values.ts';

const OPTIONS = {
  'socket-id': { type: 'string', value: 'ID', text: 'channel, user: the connection, as in 1234.5678' },
  channel: { type: 'string', value: 'NAME', text: 'channel: the channel to be let into' },
  'channel-data': { type: 'string', value: 'JSON', text: 'channel: the member of a presence channel' },
  'user-data': { type: 'string', value: 'JSON', text: 'user: the user to be signed in' },
  method: { type: 'string', value: 'METHOD', text: 'request: the method (default POST with a body, else GET)' },
  path: { type: 'string', value: 'PATH', text: 'request: the path, as in /apps/1001/events' },
  query: { type: 'string', value: 'QUERY', text: 'request: parameters beside the auth_… ones, as in a=1&b=2' },
  body: { type: 'string', value: 'TEXT', text: 'request: the body, byte for byte; a dash reads standard input' },
  timestamp: { type: 'string', value: 'SECONDS', text: 'request: Unix time (default now)' },
  app: { type: 'string', value: 'APP', text: 'id or key of the app whose secret signs' },
  ...CREDENTIAL_OPTIONS,
  json: { type: 'boolean', text: 'print one JSON object' },
} as const satisfies Options;

type SignValues = Values<typeof OPTIONS>;

export const sign = command({
  name: 'sign',
  purpose: 'Prints the string to sign and the signature of a subscription, a sign-in or a request.',
  usage: [
    'channel --socket-id ID --channel NAME [--channel-data JSON] [options]',
    'user --socket-id ID --user-data JSON [options]',
    'request --path PATH [--method METHOD] [--query QUERY] [--body TEXT] [--timestamp SECONDS] [options]',
  ],
  details: `JSON is signed as it is, byte for byte; the client must send the same bytes. Without --key and --secret, or --app, the
secret is that of the only app in --config FILE, in VASK_APP_ID, VASK_APP_KEY and VASK_APP_SECRET, in ./vask-data or in the database.`,
  options: OPTIONS,
  examples: [
    'vask sign channel --key KEY --secret SECRET --socket-id 1234.5678 --channel private-room',
    `vask sign channel --app 1001 --config vask.json --socket-id 1234.5678 --channel presence-room --channel-data '{"user_id":"7"}'`,
    `vask sign user --socket-id 1234.5678 --user-data '{"id":"7"}'`,
    `vask sign request --path /apps/1001/events --body '{"name":"e","channel":"c","data":"{}"}'`,
  ],
  async execute(values, [subject, ...rest]) {
    const make = SUBJECTS.get(subject ?? '');
    if (make === undefined) throw new UsageError('Say what to sign: channel, user or request.');
    if (rest.length > 0) throw new UsageError(`Unexpected argument "${rest[0]}"; text with blanks in it needs quotes.`);
    const result = await make(values, () => findCredentials(values.app ?? null, values));
    if (values.json === true) print(JSON.stringify(result));
    else show(result);
    return 0;
  },
});

type Result = Readonly<Record<string, string>>;

/** The credentials come last, so that a missing option is told first. */
type Make = (values: SignValues, credentials: () => Promise<Credentials>) => Promise<Result>;

const signChannel: Make = async (values, credentials) => {
  const socketId = required(values, 'socket-id');
  const channel = required(values, 'channel');
  const channelData = values['channel-data'] ?? null;
  // As given and not checked: who debugs a signature wants to see what comes of the wrong name as well.
  const stringToSign = channelStringToSign(socketId as SocketId, channel as ChannelName, channelData);
  return { stringToSign, ...authOf(stringToSign, await credentials()) };
};

const signUser: Make = async (values, credentials) => {
  const socketId = required(values, 'socket-id');
  const stringToSign = userStringToSign(socketId as SocketId, required(values, 'user-data'));
  return { stringToSign, ...authOf(stringToSign, await credentials()) };
};

const signRequest: Make = async (values, credentials) => {
  const path = required(values, 'path');
  if (!path.startsWith('/') || path.includes('?')) {
    throw new UsageError('--path begins with a slash and has no question mark; parameters go into --query.');
  }
  const unixSeconds = timestampOf(values.timestamp);
  const body = await textOrInput(values.body ?? '');
  const method = (values.method ?? (body === '' ? 'GET' : 'POST')).toUpperCase();
  const parameters = [...new URLSearchParams(values.query ?? '')];
  const { stringToSign, signature, query } = signUrl(
    { method, path, parameters, body },
    await credentials(),
    unixSeconds,
  );
  return { stringToSign, signature, url: `${path}?${query}` };
};

const SUBJECTS: ReadonlyMap<string, Make> = new Map([
  ['channel', signChannel],
  ['user', signUser],
  ['request', signRequest],
]);

function authOf(stringToSign: string, { key, secret }: Credentials): { signature: string; auth: string } {
  const signature = new Signer(secret).sign(stringToSign);
  return { signature, auth: `${key}:${signature}` };
}

function required(values: SignValues, name: 'socket-id' | 'channel' | 'user-data' | 'path'): string {
  const value = values[name];
  if (value === undefined) throw new UsageError(`--${name} ${OPTIONS[name].value} is missing.`);
  return value;
}

function timestampOf(text: string | undefined): number {
  if (text === undefined) return Math.floor(Date.now() / 1000);
  if (!/^\d{1,12}$/.test(text)) throw new UsageError('--timestamp takes a Unix time in whole seconds.');
  return Number(text);
}

const TITLES: Result = { stringToSign: 'string to sign', signature: 'signature', auth: 'auth', url: 'path and query' };

function show(result: Result): void {
  const { bold } = paintFor(process.stdout);
  for (const [name, value] of Object.entries(result)) {
    print(`${bold(`${TITLES[name] ?? name}:`)}\n${value}`);
  }
}
