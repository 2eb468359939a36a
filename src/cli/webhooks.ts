// `vask webhooks`: endpoints of an app, and what became of what was sent to them.
import { listOf, switchOf, timeOf } from './admin/app-settings.ts';
import { type AdminClient, membersOf, path } from './admin/client.ts';
import { type Columns, printFacts, printJson, printTable, shown, shownTime } from './admin/output.ts';
import { ADMIN_DETAILS, ADMIN_OPTIONS, withAdmin } from './admin/target.ts';
import { runVerb, type SubVerb } from './admin/verbs.ts';
import { command } from './command.ts';
import type { Options, Values } from './command-table.ts';
import { Failure, UsageError } from './failure.ts';
import { print } from './terminal.ts';
import { wholeNumber } from './values.ts';

const DEFAULT_ROWS = 20;
const MOST_ROWS = 200;

const OPTIONS = {
  endpoint: { type: 'string', value: 'URL', text: 'update: another address' },
  events: {
    type: 'string',
    value: 'LIST',
    text: 'create, update: event types, with commas (default all but subscription_count)',
  },
  prefixes: {
    type: 'string',
    value: 'LIST',
    text: 'create, update: prefixes of channel names, with commas; "" takes every channel',
  },
  headers: {
    type: 'string',
    value: 'JSON',
    text: `create, update: headers to send, as in '{"Authorization":"Bearer …"}'`,
  },
  enabled: { type: 'string', value: 'on|off', text: 'create, update: whether anything is sent' },
  webhook: { type: 'string', value: 'WEBHOOK', text: 'log, dead, replay: of this endpoint only' },
  limit: { type: 'string', value: 'N', text: `log, dead: how many at most (default ${DEFAULT_ROWS})` },
  from: { type: 'string', value: 'TIME', text: 'replay: of this time or later, as in 2026-01-31T12:00:00Z' },
  to: { type: 'string', value: 'TIME', text: 'replay: of this time or earlier' },
  json: { type: 'boolean', text: 'print JSON' },
  ...ADMIN_OPTIONS,
} as const satisfies Options;

type WebhookValues = Values<typeof OPTIONS>;

export const webhooks = command({
  name: 'webhooks',
  purpose: 'Sets up where the backend is told what happens, and shows what was sent.',
  usage: [
    'list APP',
    'create APP URL [options]',
    'update APP WEBHOOK [options]',
    'delete APP WEBHOOK',
    'test APP WEBHOOK',
    'log APP [--webhook WEBHOOK] [--limit N]',
    'dead APP [--webhook WEBHOOK] [--limit N]',
    'replay APP DELIVERY… | --from TIME [--to TIME] | --webhook WEBHOOK',
  ],
  details: `APP is the id of an app, WEBHOOK that of an endpoint. The last four need a running server. ${ADMIN_DETAILS}`,
  options: OPTIONS,
  examples: [
    'vask webhooks create 1001 https://shop.example/hooks/vask --events channel_occupied,channel_vacated',
    'vask webhooks test 1001 WEBHOOK --url https://realtime.example.com',
    'vask webhooks replay 1001 --from 2026-01-31T12:00:00Z --url https://realtime.example.com',
  ],
  execute: (values, positionals) => runVerb(VERBS, values, positionals),
});

type Run = (client: AdminClient, values: WebhookValues, args: readonly string[]) => Promise<void>;

function verb(takes: readonly string[], run: Run): SubVerb<WebhookValues> {
  return { takes, run: (values, args) => withAdmin(values, (client) => run(client, values, args)) };
}

/** What was sent and what waits is in the hands of the process that sends. */
function ofServer(run: Run): Run {
  return (client, values, args) => {
    if (client.isRemote) return run(client, values, args);
    throw new Failure('Only a running server can do this.', 'Give --url and --token, or VASK_URL and VASK_TOKEN.');
  };
}

async function list(client: AdminClient, { json }: WebhookValues, [app = '']: readonly string[]): Promise<void> {
  const { items } = membersOf((await client.ask('GET', path`/apps/${app}/webhooks`)).body);
  const endpoints = Array.isArray(items) ? items.map(membersOf) : [];
  if (json === true) return printJson(endpoints);
  printTable(endpoints, {
    ID: ({ id }) => shown(id),
    URL: ({ url }) => shown(url),
    ENABLED: ({ enabled, disabledReason }) =>
      disabledReason === null ? shown(enabled) : `no: ${shown(disabledReason)}`,
    EVENTS: ({ events }) => shown(events),
    CHANNELS: ({ channelPrefixes }) => channelsOf(channelPrefixes),
  });
}

function channelsOf(prefixes: unknown): string {
  return Array.isArray(prefixes) && prefixes.length > 0 ? `${prefixes.join('*, ')}*` : 'all';
}

function fieldsOf({ events, prefixes, headers, enabled }: WebhookValues): Record<string, unknown> {
  return {
    ...(events === undefined ? {} : { events: listOf(events) }),
    ...(prefixes === undefined ? {} : { channelPrefixes: listOf(prefixes) }),
    ...(headers === undefined ? {} : { headers: headersOf(headers) }),
    ...(enabled === undefined ? {} : { enabled: switchOf('enabled', enabled) }),
  };
}

function headersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const headers: unknown = JSON.parse(text);
    if (typeof headers === 'object' && headers !== null && !Array.isArray(headers)) return membersOf(headers);
  } catch {
    // What is no JSON is told below, like what is no object.
  }
  throw new UsageError('--headers takes a JSON object of names and texts.');
}

async function create(
  client: AdminClient,
  values: WebhookValues,
  [app = '', url = '']: readonly string[],
): Promise<void> {
  const body = { url, ...fieldsOf(values) };
  const endpoint = membersOf((await client.ask('POST', path`/apps/${app}/webhooks`, { body })).body);
  if (values.json === true) return printJson(endpoint);
  const { id, events, channelPrefixes } = endpoint;
  printFacts({ id, url: endpoint['url'], events, channels: channelsOf(channelPrefixes) });
}

async function update(
  client: AdminClient,
  values: WebhookValues,
  [app = '', id = '']: readonly string[],
): Promise<void> {
  const body = { ...(values.endpoint === undefined ? {} : { url: values.endpoint }), ...fieldsOf(values) };
  if (Object.keys(body).length === 0) throw new UsageError('There is nothing to change; see the options.');
  const { etag } = await client.ask('GET', path`/apps/${app}/webhooks/${id}`);
  const answer = await client.ask('PATCH', path`/apps/${app}/webhooks/${id}`, { body, etag });
  if (values.json === true) return printJson(answer.body);
  print(`Changed ${Object.keys(body).join(', ')} of ${id}.`);
}

async function remove(
  client: AdminClient,
  _values: WebhookValues,
  [app = '', id = '']: readonly string[],
): Promise<void> {
  await client.ask('DELETE', path`/apps/${app}/webhooks/${id}`);
  print(`Deleted ${id}; nothing more is sent to it.`);
}

async function test(
  client: AdminClient,
  { json }: WebhookValues,
  [app = '', id = '']: readonly string[],
): Promise<void> {
  const result = membersOf((await client.ask('POST', path`/apps/${app}/webhooks/${id}/test`)).body);
  if (json === true) printJson(result);
  const { status, error, durationMs, answer } = result;
  const how = `${shown(error ?? status)} after ${shown(durationMs)} ms`;
  const hasArrived = typeof status === 'number' && status >= 200 && status < 300;
  if (!hasArrived) throw new Failure(`It did not arrive: ${how}.`, typeof answer === 'string' ? shown(answer) : null);
  if (json !== true) print(`It arrived: ${how}.`);
}

const ATTEMPT_COLUMNS = {
  TIME: ({ atMs }) => shownTime(atMs),
  DELIVERY: ({ delivery, isTest }) => (isTest === true ? `${shown(delivery)} (test)` : shown(delivery)),
  WEBHOOK: ({ endpoint }) => shown(endpoint),
  ATTEMPT: ({ attempt }) => shown(attempt),
  ANSWER: ({ status, error }) => shown(error ?? status),
  MS: ({ durationMs }) => shown(durationMs),
} as const satisfies Columns;

const DEAD_COLUMNS = {
  DELIVERY: ({ id }) => shown(id),
  WEBHOOK: ({ endpoint }) => shown(endpoint),
  EVENTS: ({ events }) => shown(events),
  SINCE: ({ sinceMs }) => shownTime(sinceMs),
  'GIVEN UP': ({ deadAtMs }) => shownTime(deadAtMs),
} as const satisfies Columns;

function showRows(name: 'deliveries' | 'dead-letters', columns: Columns): Run {
  return async (client, values, [app = '']) => {
    const limit = Math.min(wholeNumber('limit', values.limit) ?? DEFAULT_ROWS, MOST_ROWS);
    const query = new URLSearchParams({ limit: String(limit) });
    if (values.webhook !== undefined) query.set('webhook', values.webhook);
    const { items } = membersOf((await client.ask('GET', `${path`/apps/${app}`}/${name}?${query}`)).body);
    const rows = Array.isArray(items) ? items.map(membersOf) : [];
    if (values.json === true) return printJson(rows);
    printTable(rows, columns);
  };
}

async function replay(
  client: AdminClient,
  values: WebhookValues,
  [app = '', ...ids]: readonly string[],
): Promise<void> {
  const { webhook, from, to } = values;
  const nowMs = Date.now();
  const body = {
    ...(ids.length === 0 ? {} : { ids }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(from === undefined ? {} : { fromMs: timeOf('from', from, nowMs) }),
    ...(to === undefined ? {} : { toMs: timeOf('to', to, nowMs) }),
  };
  if (Object.keys(body).length === 0) throw new UsageError('Say what to send again: ids, --from, --to or --webhook.');
  const answer = membersOf((await client.ask('POST', path`/apps/${app}/dead-letters/replay`, { body })).body);
  if (values.json === true) return printJson(answer);
  print(`${shown(answer['replayed'])} are sent again.`);
}

const VERBS: ReadonlyMap<string, SubVerb<WebhookValues>> = new Map([
  ['list', verb(['APP'], list)],
  ['create', verb(['APP', 'URL'], create)],
  ['update', verb(['APP', 'WEBHOOK'], update)],
  ['delete', verb(['APP', 'WEBHOOK'], remove)],
  ['test', verb(['APP', 'WEBHOOK'], ofServer(test))],
  ['log', verb(['APP'], ofServer(showRows('deliveries', ATTEMPT_COLUMNS)))],
  ['dead', verb(['APP'], ofServer(showRows('dead-letters', DEAD_COLUMNS)))],
  ['replay', verb(['APP', 'DELIVERY…'], ofServer(replay))],
]);
