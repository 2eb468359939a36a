// `vask apps`: makes, shows, changes and deletes apps, and rotates their keys.

import { KEY_OPTIONS, keyVerbs } from './admin/app-keys.ts';
import { APP_SETTING_OPTIONS, appSettingsOf } from './admin/app-settings.ts';
import { type AdminClient, allItems, membersOf, path } from './admin/client.ts';
import { printFacts, printJson, printTable, shown, shownTime } from './admin/output.ts';
import { ADMIN_DETAILS, ADMIN_OPTIONS, withAdmin } from './admin/target.ts';
import { runVerb, type SubVerb } from './admin/verbs.ts';
import { command } from './command.ts';
import type { Options, Values } from './command-table.ts';
import { UsageError } from './failure.ts';
import { print } from './terminal.ts';

const OPTIONS = {
  name: { type: 'string', value: 'NAME', text: 'update: another name' },
  id: { type: 'string', value: 'ID', text: 'create: an id to be kept, as of another server' },
  ...KEY_OPTIONS,
  ...APP_SETTING_OPTIONS,
  yes: { type: 'boolean', text: 'delete: without it nothing is deleted' },
  json: { type: 'boolean', text: 'print JSON' },
  ...ADMIN_OPTIONS,
} as const satisfies Options;

export type AppValues = Values<typeof OPTIONS>;

export const apps = command({
  name: 'apps',
  purpose: 'Makes, shows, changes and deletes apps, and rotates their keys.',
  usage: [
    'list [options]',
    'create NAME [options]',
    'show APP',
    'update APP [options]',
    'enable APP',
    'disable APP',
    'delete APP --yes',
    'keys list APP',
    'keys create APP [--key KEY --secret SECRET]',
    'keys retire APP KEY [--at TIME | --never]',
    'keys delete APP KEY --yes',
  ],
  details: `APP is the id of an app. A secret is shown once, when it is made. ${ADMIN_DETAILS}`,
  options: OPTIONS,
  examples: [
    'vask apps create Shop --client-events on --limits connections=1000',
    'vask apps keys create 1001',
    'vask apps keys retire 1001 OLD_KEY --at 7d',
    'VASK_TOKEN=vask_pat_… vask apps list --url https://realtime.example.com',
  ],
  execute: (values, positionals) => runVerb(VERBS, values, positionals),
});

const VERBS: ReadonlyMap<string, SubVerb<AppValues>> = new Map<string, SubVerb<AppValues>>([
  ['list', { takes: [], run: (values) => withAdmin(values, (client) => list(client, values)) }],
  [
    'create',
    { takes: ['NAME'], run: (values, [name = '']) => withAdmin(values, (client) => create(client, values, name)) },
  ],
  ['show', { takes: ['APP'], run: (values, [app = '']) => withAdmin(values, (client) => show(client, values, app)) }],
  ['update', { takes: ['APP'], run: (values, [app = '']) => update(values, app, changesOf(values)) }],
  ['enable', { takes: ['APP'], run: (values, [app = '']) => update(values, app, { enabled: true }) }],
  ['disable', { takes: ['APP'], run: (values, [app = '']) => update(values, app, { enabled: false }) }],
  ['delete', { takes: ['APP'], run: remove }],
  ...keyVerbs(),
]);

async function list(client: AdminClient, { json }: AppValues): Promise<void> {
  const items = await allItems(client, '/apps?limit=200');
  if (json === true) return printJson(items);
  printTable(items, {
    ID: ({ id }) => shown(id),
    NAME: ({ name }) => shown(name),
    ENABLED: ({ enabled }) => shown(enabled),
    CHANGED: ({ updatedAtMs }) => shownTime(updatedAtMs),
  });
}

async function create(client: AdminClient, values: AppValues, name: string): Promise<void> {
  const { key, secret, id } = values;
  if ((key === undefined) !== (secret === undefined)) throw new UsageError('--key and --secret go together.');
  const keyPair = key === undefined ? {} : { keyPair: { key, secret } };
  const body = { name, ...(id === undefined ? {} : { id }), ...keyPair, ...appSettingsOf(values) };
  const made = membersOf((await client.ask('POST', '/apps', { body })).body);
  if (values.json === true) return printJson(made);
  const [app, pair] = [membersOf(made['app']), membersOf(made['keyPair'])];
  printFacts({ id: app['id'], name: app['name'], key: pair['key'], secret: pair['secret'] });
  print('The secret is shown this once.');
}

async function show(client: AdminClient, { json }: AppValues, id: string): Promise<void> {
  const app = membersOf((await client.ask('GET', path`/apps/${id}`)).body);
  if (json === true) return printJson(app);
  const { createdAtMs, updatedAtMs, limits, ...facts } = app;
  printFacts({ ...facts, created: shownTime(createdAtMs), changed: shownTime(updatedAtMs), limits });
}

function changesOf(values: AppValues): Record<string, unknown> {
  const changes = { ...(values.name === undefined ? {} : { name: values.name }), ...appSettingsOf(values) };
  if (Object.keys(changes).length === 0) throw new UsageError('There is nothing to change; see the options.');
  return changes;
}

async function update(values: AppValues, id: string, body: Record<string, unknown>): Promise<void> {
  await withAdmin(values, async (client) => {
    const { etag } = await client.ask('GET', path`/apps/${id}`);
    const app = membersOf((await client.ask('PATCH', path`/apps/${id}`, { body, etag })).body);
    if (values.json === true) return printJson(app);
    print(`Changed ${Object.keys(body).join(', ')} of ${shown(app['name'])} (${id}).`);
  });
}

async function remove(values: AppValues, [id = '']: readonly string[]): Promise<void> {
  if (values.yes !== true) throw new UsageError('Deleting takes keys, webhooks and usage with it; add --yes.');
  await withAdmin(values, async (client) => {
    await client.ask('DELETE', path`/apps/${id}`);
    print(`Deleted the app ${id}.`);
  });
}
