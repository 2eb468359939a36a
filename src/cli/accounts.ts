// `vask accounts`: the first admin and further accounts, and tokens for the command line.
import { randomBytes } from 'node:crypto';
import { listOf, timeOf } from './admin/app-settings.ts';
import { allItems, membersOf } from './admin/client.ts';
import { printFacts, printJson, printTable, shown, shownTime } from './admin/output.ts';
import { ADMIN_DETAILS, ADMIN_OPTIONS, serverOf, withAdmin } from './admin/target.ts';
import { runVerb, type SubVerb } from './admin/verbs.ts';
import { command } from './command.ts';
import type { Options, Values } from './command-table.ts';
import { UsageError } from './failure.ts';
import { print } from './terminal.ts';
import { textOrInput } from './values.ts';

const OPTIONS = {
  password: {
    type: 'string',
    value: 'TEXT',
    text: 'create-…: the password; a dash reads it from standard input (default: one is made up)',
  },
  scopes: {
    type: 'string',
    value: 'LIST',
    text: 'create-token: what it may do, with commas (default everything that the account may)',
  },
  expires: {
    type: 'string',
    value: 'TIME',
    text: 'create-token: when it ends, a date or 90d, 12h, 30m (default never)',
  },
  json: { type: 'boolean', text: 'print JSON' },
  ...ADMIN_OPTIONS,
} as const satisfies Options;

type AccountValues = Values<typeof OPTIONS>;

export const accounts = command({
  name: 'accounts',
  purpose: 'Makes accounts, the first admin among them, and tokens for the command line.',
  usage: ['list', 'create-admin EMAIL [options]', 'create-member EMAIL [options]', 'create-token EMAIL NAME [options]'],
  details: `create-token works on the database of this machine only. ${ADMIN_DETAILS}`,
  options: OPTIONS,
  examples: [
    'vask accounts create-admin ann@example.com',
    'vask accounts create-token ann@example.com laptop --scopes apps:read,webhooks:write --expires 90d',
  ],
  execute: (values, positionals) => runVerb(VERBS, values, positionals),
});

const VERBS: ReadonlyMap<string, SubVerb<AccountValues>> = new Map([
  ['list', { takes: [], run: list }],
  ['create-admin', { takes: ['EMAIL'], run: (values, [email = '']) => create(values, email, 'admin') }],
  ['create-member', { takes: ['EMAIL'], run: (values, [email = '']) => create(values, email, 'member') }],
  ['create-token', { takes: ['EMAIL', 'NAME'], run: createToken }],
] satisfies readonly (readonly [string, SubVerb<AccountValues>])[]);

async function list(values: AccountValues): Promise<void> {
  await withAdmin(values, async (client) => {
    const items = await allItems(client, '/accounts?limit=200');
    if (values.json === true) return printJson(items);
    printTable(items, {
      'E-MAIL': ({ email }) => shown(email),
      ROLE: ({ role }) => shown(role),
      ENABLED: ({ enabled }) => shown(enabled),
      CREATED: ({ createdAtMs }) => shownTime(createdAtMs),
      ID: ({ id }) => shown(id),
    });
  });
}

async function create(values: AccountValues, email: string, role: 'admin' | 'member'): Promise<void> {
  const given = values.password === undefined ? null : (await textOrInput(values.password)).replace(/\r?\n$/, '');
  const password = given ?? randomBytes(15).toString('base64url');
  const wanted = { email, password, role };
  const account =
    serverOf(values) === null
      ? // Whoever may write the database may also make the first account, which no other could make.
        await (await import('./admin/local-accounts.ts')).makeAccount(values, wanted)
      : await withAdmin(values, async (client) =>
          membersOf((await client.ask('POST', '/accounts', { body: wanted })).body),
        );
  const shownPassword = given === null ? { password } : {};
  if (values.json === true) return printJson({ ...account, ...shownPassword });
  printFacts({ 'e-mail': account['email'], role: account['role'], id: account['id'], ...shownPassword });
  if (given === null) print('The password is shown this once.');
}

async function createToken(values: AccountValues, [email = '', name = '']: readonly string[]): Promise<void> {
  // A server or token of the environment is for the commands that follow.
  if (values.url !== undefined || values.token !== undefined) {
    throw new UsageError(
      'Tokens are made on the machine of the server, or by logging in; leave --url and --token out.',
    );
  }
  const expiresAtMs = values.expires === undefined ? null : timeOf('expires', values.expires, Date.now());
  const scopes = values.scopes === undefined ? null : listOf(values.scopes);
  const { makeToken } = await import('./admin/local-accounts.ts');
  const token = await makeToken(values, { email, name, scopes, expiresAtMs });
  if (values.json === true) return printJson({ token });
  print(token);
}
