// The list of all commands, in the order in which the help shows them.
import { accounts } from './accounts.ts';
import { apps } from './apps.ts';
import { bench } from './bench.ts';
import { checkConfig } from './check-config.ts';
import type { Command } from './command-table.ts';
import { doctor } from './doctor.ts';
import { health } from './health.ts';
import { importApps } from './import-apps.ts';
import { listen } from './listen.ts';
import { migrate } from './migrate.ts';
import { sign } from './sign.ts';
import { trigger } from './trigger.ts';
import { webhooks } from './webhooks.ts';

/** Its options are the settings; the rest of the server is loaded only for this command. */
const serve: Command = {
  name: 'serve',
  purpose: 'Starts the server.',
  run: async (argv) => (await import('./serve.ts')).serve(argv),
};

export const COMMANDS: readonly Command[] = [
  serve,
  checkConfig,
  migrate,
  accounts,
  apps,
  webhooks,
  importApps,
  trigger,
  listen,
  sign,
  doctor,
  health,
  bench,
];
