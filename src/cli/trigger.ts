// `vask trigger`: publishes one event, as a backend does.
import { httpAdvice } from '../protocol/advice.ts';
import { command } from './command.ts';
import { Failure, UsageError } from './failure.ts';
import { sendSigned } from './http-client.ts';
import type { RequestToSign } from './signed-url.ts';
import { CREDENTIAL_OPTIONS, findCredentials, findServer, LOOKUP_DETAILS, SERVER_OPTIONS } from './target.ts';
import { print } from './terminal.ts';
import { textOrInput, wholeNumber } from './values.ts';

const DEFAULT_TIMEOUT_SECONDS = 10;

export const trigger = command({
  name: 'trigger',
  purpose: 'Publishes an event on a channel, or to a signed-in user.',
  usage: ['APP CHANNEL EVENT DATA [options]', 'APP EVENT DATA --user ID [options]'],
  details: `${LOOKUP_DETAILS}\n\nDATA is sent as it is; client libraries expect JSON text. A dash reads it from standard input.`,
  options: {
    'socket-id': { type: 'string', value: 'ID', text: 'the connection that shall not get the event' },
    info: { type: 'string', value: 'LIST', text: 'what to tell of the channel: user_count, subscription_count, cache' },
    user: { type: 'string', value: 'ID', text: 'publish to this signed-in user instead of on a channel' },
    timeout: {
      type: 'string',
      value: 'SECONDS',
      text: `how long to wait for the answer (default ${DEFAULT_TIMEOUT_SECONDS})`,
    },
    ...SERVER_OPTIONS,
    ...CREDENTIAL_OPTIONS,
  },
  examples: [
    `vask trigger 1001 my-channel my-event '{"hello":"world"}'`,
    'vask trigger 1001 presence-room news - --info user_count < news.json',
    `vask trigger 1001 --user 7 note '"only for you"' --url https://realtime.example.com --config vask.json`,
  ],
  async execute(values, positionals) {
    const isToUser = values.user !== undefined;
    if (isToUser && (values['socket-id'] !== undefined || values.info !== undefined)) {
      throw new UsageError('--socket-id and --info are for channels, not for --user.');
    }
    const expected = isToUser ? ['APP', 'EVENT', 'DATA'] : ['APP', 'CHANNEL', 'EVENT', 'DATA'];
    if (positionals.length !== expected.length) {
      const hint = positionals.length > expected.length ? ' DATA with blanks in it needs quotes.' : '';
      throw new UsageError(`Expected ${expected.join(' ')}, but got ${positionals.length || 'no'} arguments.${hint}`);
    }
    const [app = '', ...rest] = positionals;
    const timeoutSeconds = wholeNumber('timeout', values.timeout) ?? DEFAULT_TIMEOUT_SECONDS;
    const url = findServer(values);
    const credentials = await findCredentials(app, values);
    const data = await textOrInput(rest.at(-1) ?? '');
    const request = isToUser
      ? toUser(credentials.app, values.user ?? '', rest[0] ?? '', data)
      : toChannel(credentials.app, rest[0] ?? '', {
          name: rest[1] ?? '',
          data,
          socket_id: values['socket-id'],
          info: values.info,
        });
    const { status, text } = await sendSigned({ url, timeoutMs: timeoutSeconds * 1000 }, credentials, request);
    if (status >= 300) throw new Failure(`${status} ${text.trim()}`, httpAdvice(status, text));
    print(text.trim());
    return 0;
  },
});

interface ChannelEvent {
  readonly name: string;
  readonly data: string;
  readonly socket_id: string | undefined;
  readonly info: string | undefined;
}

function toChannel(app: string, channel: string, event: ChannelEvent): RequestToSign {
  const body = JSON.stringify({ ...event, channels: [channel] });
  return { method: 'POST', path: `/apps/${encodeURIComponent(app)}/events`, parameters: [], body };
}

function toUser(app: string, user: string, name: string, data: string): RequestToSign {
  const path = `/apps/${encodeURIComponent(app)}/users/${encodeURIComponent(user)}/events`;
  return { method: 'POST', path, parameters: [], body: JSON.stringify({ name, data }) };
}
