// The public surface of the command line. What stands here is relied on by scripts: a line that changes is a change for
// users, and goes into the changelog.
import { expect, test } from 'bun:test';
import { accounts } from '../../src/cli/accounts.ts';
import { apps } from '../../src/cli/apps.ts';
import { bench } from '../../src/cli/bench.ts';
import { checkConfig } from '../../src/cli/check-config.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { health } from '../../src/cli/health.ts';
import { importApps } from '../../src/cli/import-apps.ts';
import { listen } from '../../src/cli/listen.ts';
import { migrate } from '../../src/cli/migrate.ts';
import { sign } from '../../src/cli/sign.ts';
import { trigger } from '../../src/cli/trigger.ts';
import { webhooks } from '../../src/cli/webhooks.ts';

const SURFACE = `
trigger APP CHANNEL EVENT DATA [options]
trigger APP EVENT DATA --user ID [options]
  --socket-id ID
  --info LIST
  --user ID
  --timeout SECONDS
  -u --url URL
  -c --config FILE
  --key KEY
  --secret SECRET
  -h --help
listen APP CHANNEL… [options]
listen APP --user ID [options]
  --json
  --user ID
  --count N
  --timeout SECONDS
  -u --url URL
  -c --config FILE
  --key KEY
  --secret SECRET
  -h --help
sign channel --socket-id ID --channel NAME [--channel-data JSON] [options]
sign user --socket-id ID --user-data JSON [options]
sign request --path PATH [--method METHOD] [--query QUERY] [--body TEXT] [--timestamp SECONDS] [options]
  --socket-id ID
  --channel NAME
  --channel-data JSON
  --user-data JSON
  --method METHOD
  --path PATH
  --query QUERY
  --body TEXT
  --timestamp SECONDS
  --app APP
  -c --config FILE
  --key KEY
  --secret SECRET
  --json
  -h --help
doctor URL --key KEY --secret SECRET [options]
doctor URL --app APP [--config FILE] [options]
doctor URL
doctor [URL] --local [--config FILE] [options]
  --app APP
  -c --config FILE
  --key KEY
  --secret SECRET
  --timeout SECONDS
  --local
  --json
  -h --help
health [URL] [--ready]
  --ready
  -h --help
bench URL --key KEY --secret SECRET [--app APP] [options]
bench URL --app APP [--config FILE] [options]
  --app APP
  -c --config FILE
  --key KEY
  --secret SECRET
  --connections N
  --seconds N
  --bytes N
  --json
  -h --help
accounts list
accounts create-admin EMAIL [options]
accounts create-member EMAIL [options]
accounts create-token EMAIL NAME [options]
  --password TEXT
  --scopes LIST
  --expires TIME
  --json
  -u --url URL
  --token TOKEN
  -c --config FILE
  --data-directory DIRECTORY
  --database-url URL
  --as EMAIL
  -h --help
apps list [options]
apps create NAME [options]
apps show APP
apps update APP [options]
apps enable APP
apps disable APP
apps delete APP --yes
apps keys list APP
apps keys create APP [--key KEY --secret SECRET]
apps keys retire APP KEY [--at TIME | --never]
apps keys delete APP KEY --yes
  --name NAME
  --id ID
  --key KEY
  --secret SECRET
  --at TIME
  --never
  --client-events on|off
  --subscription-count on|off
  --subscription-errors on|off
  --tls-only on|off
  --origins LIST
  --limits LIST
  --yes
  --json
  -u --url URL
  --token TOKEN
  -c --config FILE
  --data-directory DIRECTORY
  --database-url URL
  --as EMAIL
  -h --help
webhooks list APP
webhooks create APP URL [options]
webhooks update APP WEBHOOK [options]
webhooks delete APP WEBHOOK
webhooks test APP WEBHOOK
webhooks log APP [--webhook WEBHOOK] [--limit N]
webhooks dead APP [--webhook WEBHOOK] [--limit N]
webhooks replay APP DELIVERY… | --from TIME [--to TIME] | --webhook WEBHOOK
  --endpoint URL
  --events LIST
  --prefixes LIST
  --headers JSON
  --enabled on|off
  --webhook WEBHOOK
  --limit N
  --from TIME
  --to TIME
  --json
  -u --url URL
  --token TOKEN
  -c --config FILE
  --data-directory DIRECTORY
  --database-url URL
  --as EMAIL
  -h --help
import pusher [FILE] [options]
import pusher --id ID --key KEY --secret SECRET [options]
import soketi [FILE] [options]
import reverb [FILE] [options]
import sockudo [FILE] [options]
  --print
  --id ID
  --key KEY
  --secret SECRET
  --allow-hosts LIST
  -u --url URL
  --token TOKEN
  -c --config FILE
  --data-directory DIRECTORY
  --database-url URL
  --as EMAIL
  -h --help
`;

test('[CLI] the commands are these', () => {
  expect(COMMANDS.map(({ name }) => name)).toEqual([
    'serve',
    'check-config',
    'migrate',
    'accounts',
    'apps',
    'webhooks',
    'import',
    'trigger',
    'listen',
    'sign',
    'doctor',
    'health',
    'bench',
  ]);
});

test('[CLI] the forms and options of the commands are these', () => {
  const lines = [trigger, listen, sign, doctor, health, bench, accounts, apps, webhooks, importApps].flatMap(
    ({ name, usage, options }) => [
      ...usage.map((form) => `${name} ${form}`),
      ...Object.entries(options).map(([option, { short, value }]) => {
        const flags = short === undefined ? `--${option}` : `-${short} --${option}`;
        return `  ${flags}${value === undefined ? '' : ` ${value}`}`;
      }),
    ],
  );
  expect(lines.join('\n')).toBe(SURFACE.trim());
});

test('[CLI] check-config takes the settings of the server, whose list is in docs/configuration.md', () => {
  expect(checkConfig.usage).toEqual(['[FILE] [options]']);
  expect(Object.keys(checkConfig.options)).toEqual(
    expect.arrayContaining(['config', 'port', 'tls-cert', 'json', 'help']),
  );
});

test('[CLI] migrate takes the settings of the server, and may only show what it would run', () => {
  expect(migrate.usage).toEqual(['[--dry-run] [--config FILE] [options]']);
  expect(Object.keys(migrate.options)).toEqual(expect.arrayContaining(['config', 'database-url', 'dry-run', 'help']));
});
