// `vask apps keys`: several pairs of key and secret at a time, so that one can be exchanged without a pause.
import type { Options } from '../command-table.ts';
import { UsageError } from '../failure.ts';
import { print } from '../terminal.ts';
import { timeOf } from './app-settings.ts';
import { membersOf, path } from './client.ts';
import { printFacts, printJson, printTable, shown, shownTime } from './output.ts';
import { type AdminValues, withAdmin } from './target.ts';
import type { SubVerb } from './verbs.ts';

export const KEY_OPTIONS = {
  key: { type: 'string', value: 'KEY', text: 'create, keys create: a key to be kept, with --secret' },
  secret: { type: 'string', value: 'SECRET', text: 'create, keys create: the secret that belongs to --key' },
  at: {
    type: 'string',
    value: 'TIME',
    text: 'keys retire: when it counts no more, a date or 7d, 12h, 30m (default now)',
  },
  never: { type: 'boolean', text: 'keys retire: takes the retirement back' },
} as const satisfies Options;

interface KeyValues extends AdminValues {
  readonly key?: string | undefined;
  readonly secret?: string | undefined;
  readonly at?: string | undefined;
  readonly never?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export function keyVerbs(): readonly (readonly [string, SubVerb<KeyValues>])[] {
  return [
    ['keys list', { takes: ['APP'], run: list }],
    ['keys create', { takes: ['APP'], run: create }],
    ['keys retire', { takes: ['APP', 'KEY'], run: retire }],
    ['keys delete', { takes: ['APP', 'KEY'], run: remove }],
  ];
}

async function list(values: KeyValues, [app = '']: readonly string[]): Promise<void> {
  await withAdmin(values, async (client) => {
    const { items } = membersOf((await client.ask('GET', path`/apps/${app}/keys`)).body);
    const keys = Array.isArray(items) ? items.map(membersOf) : [];
    if (values.json === true) return printJson(keys);
    printTable(keys, {
      KEY: ({ key }) => shown(key),
      CREATED: ({ createdAtMs }) => shownTime(createdAtMs),
      'LAST USED': ({ lastUsedAtMs }) => shownTime(lastUsedAtMs),
      RETIRES: ({ retiresAtMs }) => shownTime(retiresAtMs),
    });
  });
}

async function create(values: KeyValues, [app = '']: readonly string[]): Promise<void> {
  const { key, secret } = values;
  if ((key === undefined) !== (secret === undefined)) throw new UsageError('--key and --secret go together.');
  await withAdmin(values, async (client) => {
    const body = key === undefined ? {} : { keyPair: { key, secret } };
    const made = membersOf((await client.ask('POST', path`/apps/${app}/keys`, { body })).body);
    if (values.json === true) return printJson(made);
    const pair = membersOf(made['keyPair']);
    printFacts({ key: pair['key'], secret: pair['secret'] });
    print('The secret is shown this once. The older keys count as before, until they are retired.');
  });
}

async function retire(values: KeyValues, [app = '', key = '']: readonly string[]): Promise<void> {
  if (values.never === true && values.at !== undefined) throw new UsageError('Give --at or --never, not both.');
  const nowMs = Date.now();
  const retiresAtMs = values.never === true ? null : values.at === undefined ? nowMs : timeOf('at', values.at, nowMs);
  await withAdmin(values, async (client) => {
    const { body } = await client.ask('PATCH', path`/apps/${app}/keys/${key}`, { body: { retiresAtMs } });
    if (values.json === true) return printJson(body);
    print(retiresAtMs === null ? `${key} stays.` : `${key} counts until ${shownTime(retiresAtMs)}.`);
  });
}

async function remove(values: KeyValues, [app = '', key = '']: readonly string[]): Promise<void> {
  if (values.yes !== true) throw new UsageError('A deleted key cannot be had back, a retired one can; add --yes.');
  await withAdmin(values, async (client) => {
    await client.ask('DELETE', path`/apps/${app}/keys/${key}`);
    print(`Deleted the key ${key}.`);
  });
}
