// `vask import`: takes apps over from another server, with their credentials, and says what could not be taken.

import type { AppSettings } from '../core/app.ts';
import { DEFAULT_APP_LIMITS } from '../core/limits.ts';
import { type AdminClient, membersOf, path, Refusal } from './admin/client.ts';
import { printJson } from './admin/output.ts';
import { ADMIN_DETAILS, ADMIN_OPTIONS, withAdmin } from './admin/target.ts';
import { command } from './command.ts';
import type { Options, Values } from './command-table.ts';
import { Failure, UsageError } from './failure.ts';
import { checkImported } from './import/apps-of.ts';
import { type GivenCredentials, readCredentials, readSource } from './import/source.ts';
import { complain, paintFor, printable } from './terminal.ts';

const OPTIONS = {
  print: { type: 'boolean', text: 'print a configuration file instead of making the apps' },
  id: { type: 'string', value: 'ID', text: 'pusher: the id of the app, with --key and --secret' },
  key: { type: 'string', value: 'KEY', text: 'pusher: the key of the app' },
  secret: { type: 'string', value: 'SECRET', text: 'pusher: the secret of the app' },
  'allow-hosts': {
    type: 'string',
    value: 'LIST',
    text: 'webhooks: hosts that the server is allowed to post to (webhookAllowedHosts)',
  },
  ...ADMIN_OPTIONS,
} as const satisfies Options;

type ImportValues = Values<typeof OPTIONS>;

export const importApps = command({
  name: 'import',
  purpose: 'Takes apps over from another server, with their credentials.',
  usage: [
    'pusher [FILE] [options]',
    'pusher --id ID --key KEY --secret SECRET [options]',
    'soketi [FILE] [options]',
    'reverb [FILE] [options]',
    'sockudo [FILE] [options]',
  ],
  details: `FILE is a configuration file of the other server (.json, .yaml, .toml), or an .env file; without one the environment is
read. Of Reverb it is the JSON that this prints: php artisan tinker --execute 'echo json_encode(config("reverb"));'
What is taken, and what is not, is told on standard error. ${ADMIN_DETAILS}`,
  options: OPTIONS,
  examples: [
    'vask import soketi soketi.json --print > vask.json',
    'vask import reverb .env',
    'vask import pusher --id 1001 --key KEY --secret SECRET',
  ],
  async execute(values, [source = '', file, ...more]) {
    if (more.length > 0) throw new UsageError('Expected one FILE at most.');
    const given = credentialsIn(values);
    if (given !== null && (source !== 'pusher' || file !== undefined)) {
      throw new UsageError('--id, --key and --secret go with "pusher" and without a FILE.');
    }
    const imported = given === null ? readSource(source, file ?? null, process.env) : readCredentials(given);
    const allowedHosts = (values['allow-hosts'] ?? '').split(',').filter((host) => host !== '');
    const { apps, taken, left } = checkImported(imported, allowedHosts);
    tell('Taken', taken);
    tell('Not taken', left);
    if (apps.length === 0) throw new Failure('There is no app that could be taken.');
    if (values.print === true) printJson({ apps: apps.map(asInFile) });
    else await withAdmin(values, (client) => makeAll(client, apps));
    return 0;
  },
});

function credentialsIn({ id, key, secret }: ImportValues): GivenCredentials | null {
  if (id === undefined && key === undefined && secret === undefined) return null;
  if (id === undefined || key === undefined || secret === undefined) {
    throw new UsageError('--id, --key and --secret go together.');
  }
  return { id, key, secret };
}

/** Not the answer itself, so that --print can be piped. */
function tell(title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  complain(paintFor(process.stderr).bold(`${title}:`));
  for (const line of lines) complain(`  ${printable(line)}`);
}

/** Members that say what is so anyway are left out. */
function asInFile({ keys, limits, name, allowedOrigins, webhooks, userAuthentication, ...app }: AppSettings): object {
  const [pair] = keys;
  const { id, enabled, ...switches } = app;
  const changed = Object.entries(limits).filter(
    ([limit, value]) => value !== DEFAULT_APP_LIMITS[limit as keyof typeof DEFAULT_APP_LIMITS],
  );
  return {
    id,
    ...(keys.length === 1 ? pair : { keys }),
    ...(name === id ? {} : { name }),
    ...(enabled ? {} : { enabled }),
    ...Object.fromEntries(Object.entries(switches).filter(([, value]) => value === true)),
    ...(allowedOrigins.length === 0 ? {} : { allowedOrigins }),
    ...(userAuthentication.enabled ? {} : { userAuthentication: false }),
    ...(webhooks.length === 0 ? {} : { webhooks }),
    ...(changed.length === 0 ? {} : { limits: Object.fromEntries(changed) }),
  };
}

async function makeAll(client: AdminClient, apps: readonly AppSettings[]): Promise<void> {
  const refused: string[] = [];
  for (const app of apps) {
    try {
      await make(client, app);
      complain(`Made the app ${app.id}${app.name === app.id ? '' : ` (${printable(app.name)})`}.`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused.push(`${app.id}: ${error.message}`);
    }
  }
  if (refused.length > 0) throw new Failure(`Not made:\n${refused.map((line) => `  ${line}`).join('\n')}`);
}

async function make(client: AdminClient, { keys, webhooks, ...settings }: AppSettings): Promise<void> {
  const [keyPair, ...others] = keys;
  await client.ask('POST', '/apps', { body: { ...settings, keyPair } });
  for (const pair of others) {
    await client.ask('POST', path`/apps/${settings.id}/keys`, { body: { keyPair: pair } });
  }
  for (const webhook of webhooks) {
    const made = membersOf((await client.ask('POST', path`/apps/${settings.id}/webhooks`, { body: webhook })).body);
    complain(`  with the webhook endpoint ${String(made['id'])}`);
  }
}
