// `vask migrate`: brings the database up to date, or shows what that would run.
import { settingsHelp } from '../config/help.ts';
import { StorageError } from '../storage/database.ts';
import { openStore, plannedMigrations } from '../storage/open-store.ts';
import { command } from './command.ts';
import { configuration } from './configuration.ts';
import { Failure, UsageError } from './failure.ts';
import { SETTING_OPTIONS } from './setting-options.ts';
import { print } from './terminal.ts';

const DRY_RUN = { 'dry-run': { type: 'boolean', text: 'print the SQL that would be run, and run nothing' } } as const;

export const migrate = command({
  name: 'migrate',
  purpose: 'Brings the database up to date, as the server does when it starts.',
  usage: ['[--dry-run] [--config FILE] [options]'],
  details: 'Of several that run it at the same time one does it, and the others wait. All of it happens, or nothing.',
  optionsHelp: settingsHelp,
  options: { ...SETTING_OPTIONS, ...DRY_RUN },
  examples: ['vask migrate --dry-run', 'VASK_DATABASE_URL=postgres://vask@db/vask vask migrate'],
  async execute({ 'dry-run': dryRun, ...flags }, positionals) {
    if (positionals.length > 0) throw new UsageError('There is nothing to name: the configuration names the database.');
    const { databaseUrl: url, dataDirectory, secretKey } = configuration(flags);
    const options = { url, dataDirectory, secretKey };
    try {
      const planned = await plannedMigrations(options);
      if (dryRun === true) {
        for (const { name, sql } of planned) print(`-- ${name}\n${sql.trimEnd()}\n`);
        if (planned.length === 0) print('-- The database is up to date.');
        return 0;
      }
      await (await openStore(options)).close();
      print(
        planned.length === 0 ? 'The database is up to date.' : `Applied: ${planned.map(({ name }) => name).join(', ')}`,
      );
      return 0;
    } catch (error) {
      if (error instanceof StorageError) throw new Failure(`The database cannot be used: ${error.message}`);
      throw error;
    }
  },
});
