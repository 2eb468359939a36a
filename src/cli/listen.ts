// `vask listen`: subscribes to channels and prints the frames as they come.
import { channelKind, serverToUserChannel, userOfChannel } from '../protocol/channel-name.ts';
import type { ChannelName, UserId } from '../protocol/ids.ts';
import { command } from './command.ts';
import { Failure, UsageError } from './failure.ts';
import { isEvent, Listening } from './listening.ts';
import { CREDENTIAL_OPTIONS, findCredentials, findServer, LOOKUP_DETAILS, SERVER_OPTIONS } from './target.ts';
import { type Paint, paintFor, print, printable } from './terminal.ts';
import { wholeNumber } from './values.ts';
import type { Frame } from './websocket-client.ts';

export const listen = command({
  name: 'listen',
  purpose: 'Subscribes to channels and prints the frames as they come.',
  usage: ['APP CHANNEL… [options]', 'APP --user ID [options]'],
  details: `${LOOKUP_DETAILS}\n\nChannels of all kinds are signed for as needed. Ctrl-C ends. Without --count or --timeout it goes on for ever, and comes
back after a lost connection.`,
  options: {
    json: { type: 'boolean', text: 'print each frame as it came, one a line' },
    user: {
      type: 'string',
      value: 'ID',
      text: 'who enters presence channels; without channels: sign in, and hear what is sent to this user',
    },
    count: { type: 'string', value: 'N', text: 'end after N events' },
    timeout: { type: 'string', value: 'SECONDS', text: 'end after so long; a failure when --count was not reached' },
    ...SERVER_OPTIONS,
    ...CREDENTIAL_OPTIONS,
  },
  examples: [
    'vask listen 1001 my-channel presence-room --user 7',
    'vask listen 1001 my-channel --json --count 1 --timeout 10',
    'vask listen 1001 --user 7',
  ],
  async execute(values, [app, ...given]) {
    if (app === undefined) throw new UsageError('Expected APP and at least one CHANNEL.');
    const channels = channelsOf(given, values.user);
    const count = wholeNumber('count', values.count);
    const seconds = wholeNumber('timeout', values.timeout);
    const { dim, bold, ...paint } = paintFor(process.stdout);
    const listening = new Listening({
      url: findServer(values),
      credentials: await findCredentials(app, values),
      channels,
      user: signedInUser(channels) ?? values.user ?? `vask-listen-${crypto.randomUUID().slice(0, 8)}`,
      count,
      show:
        values.json === true
          ? (_frame, text) => print(oneLine(text))
          : (frame) => print(lineOf(frame, { dim, bold, ...paint })),
    });
    await untilOver(listening, count, seconds);
    return 0;
  },
});

function channelsOf(given: readonly string[], user: string | undefined): readonly string[] {
  const channels = given.length > 0 || user === undefined ? [...new Set(given)] : [serverToUserChannel(user as UserId)];
  if (channels.length === 0) throw new UsageError('Expected at least one CHANNEL, or --user ID.');
  const users = channels.flatMap((channel) => userOfChannel(channel as ChannelName) ?? []);
  const isOther = users.some((other) => other !== (user ?? users[0]));
  if (isOther) throw new UsageError('One connection signs in as one user; start another for the other.');
  return channels;
}

function signedInUser(channels: readonly string[]): string | null {
  const personal = channels.find((channel) => channelKind(channel as ChannelName).serverToUser);
  return personal === undefined ? null : userOfChannel(personal as ChannelName);
}

async function untilOver(listening: Listening, count: number | null, seconds: number | null): Promise<void> {
  const interrupted = (): void => listening.end();
  const timer =
    seconds === null ? null : setTimeout(() => listening.end(lateness(listening, count, seconds)), seconds * 1000);
  // Kept for good: a second Ctrl-C, or the one that the starting script passes on, must not kill what is ending well.
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  try {
    await listening.done;
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

function lateness({ events }: Listening, count: number | null, seconds: number): Failure | null {
  if (count === null) return null;
  return new Failure(`Only ${events} of ${count} events came within ${seconds} s.`);
}

/** Foreign servers may send JSON with line breaks between the members. */
function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? JSON.stringify(JSON.parse(text)) : text;
}

function lineOf(frame: Frame, { bold, dim, red }: Paint): string {
  const time = new Date().toTimeString().slice(0, 8);
  const { event, channel, data, user_id: user } = frame;
  const name = isEvent(frame) ? bold(printable(event)) : event === 'pusher:error' ? red(event) : dim(printable(event));
  const text = data === undefined ? '' : printable(typeof data === 'string' ? data : JSON.stringify(data));
  const from = user === undefined ? '' : dim(` from ${printable(String(user))}`);
  return `${dim(time)}  ${printable(channel ?? '-')}  ${name}  ${text}${from}`;
}
