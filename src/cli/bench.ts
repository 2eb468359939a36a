// `vask bench`: how quickly a server delivers, seen from here. One process is all clients and the backend as well, so it is a
// rough figure; what it shows well is whether something between is slow.
import { type Measured, measure } from './bench/measure.ts';
import { command } from './command.ts';
import { UsageError } from './failure.ts';
import { CREDENTIAL_OPTIONS, findCredentials, parseServerUrl } from './target.ts';
import { complain, paintFor, print } from './terminal.ts';
import { wholeNumber } from './values.ts';

interface Bound {
  readonly name: 'connections' | 'seconds' | 'bytes';
  readonly byItself: number;
  readonly most: number;
}

// The bounds keep it from being a weapon, and this process from being all that is measured.
const CONNECTIONS: Bound = { name: 'connections', byItself: 100, most: 2_000 };
const SECONDS: Bound = { name: 'seconds', byItself: 5, most: 60 };
const BYTES: Bound = { name: 'bytes', byItself: 200, most: 10_000 };

export const bench = command({
  name: 'bench',
  purpose: 'Measures roughly how quickly a server delivers; any server that speaks the protocol of Pusher.',
  usage: ['URL --key KEY --secret SECRET [--app APP] [options]', 'URL --app APP [--config FILE] [options]'],
  details: `Connects clients to one public channel of a new name, publishes calmly to see the delay, then as fast as the server
answers. All of it is done by this one process, so the figures are rough: a fast server is faster than they say. It is work
for the server, and counts as messages; take one of your own. APP is the id; a server that is not Vask needs it.`,
  options: {
    app: { type: 'string', value: 'APP', text: 'id of the app, which leads the path of its requests' },
    ...CREDENTIAL_OPTIONS,
    connections: { type: 'string', value: 'N', text: optionText('clients that listen', CONNECTIONS) },
    seconds: { type: 'string', value: 'N', text: optionText('how long each of both parts takes', SECONDS) },
    bytes: { type: 'string', value: 'N', text: optionText('size of the data of an event', BYTES) },
    json: { type: 'boolean', text: 'print one JSON object' },
  },
  examples: [
    'vask bench http://127.0.0.1:6001 --app 1001 --config vask.json',
    'vask bench https://realtime.example.com --app 1001 --key KEY --secret SECRET --connections 500',
  ],
  async execute(values, [url, ...more]) {
    if (url === undefined || more.length > 0)
      throw new UsageError('Expected one URL, as in https://realtime.example.com');
    const plan = {
      url: parseServerUrl(url),
      credentials: await findCredentials(values.app ?? null, values),
      connections: bounded(CONNECTIONS, values.connections),
      seconds: bounded(SECONDS, values.seconds),
      bytes: bounded(BYTES, values.bytes),
    };
    const measured = await measure(plan);
    if (values.json === true) print(JSON.stringify({ url: plan.url, ...measured }));
    else tell(measured);
    // What was published and has not come is what a bench must not hide.
    return measured.missing === 0 ? 0 : 1;
  },
});

function optionText(what: string, { byItself, most }: Bound): string {
  return `${what} (default ${byItself}, at most ${most})`;
}

function bounded({ name, byItself, most }: Bound, text: string | undefined): number {
  const value = wholeNumber(name, text) ?? byItself;
  if (value < 1 || value > most) throw new UsageError(`--${name} is a number from 1 to ${most}.`);
  return value;
}

function tell(measured: Measured): void {
  const { connections, connectsPerSecond, delayMs, publishesPerSecond, deliveriesPerSecond, missing } = measured;
  const row = (name: string, text: string): void => print(`${name.padEnd(14)}${text}`);
  row('connections', `${connections}, ${connectsPerSecond} a second`);
  row('delay', `median ${delayMs.median} ms, 99 % within ${delayMs.p99} ms, longest ${delayMs.longest} ms`);
  row('publishes', `${publishesPerSecond} a second`);
  row('deliveries', `${deliveriesPerSecond} a second`);
  print('Rough figures: this one process was all clients and the backend. A fast server is faster than they say.');
  const { red } = paintFor(process.stderr);
  if (missing > 0) complain(red(`${missing} deliveries were missing.`));
}
