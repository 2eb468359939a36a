// `vask check-config`: all faults of a configuration at once, or what it comes to and where each value is from.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeConfig, describeConfigAsJson } from '../config/describe.ts';
import { settingsHelp } from '../config/help.ts';
import { loadConfig } from '../config/load.ts';
import { certificateFaults } from './certificate-files.ts';
import { command } from './command.ts';
import type { Options } from './command-table.ts';
import { Failure, UsageError } from './failure.ts';
import { SETTING_OPTIONS } from './setting-options.ts';
import { complain, paintFor } from './terminal.ts';

const JSON_OPTION: Options = { json: { type: 'boolean', text: 'print the configuration as JSON, or the faults' } };

export const checkConfig = command({
  name: 'check-config',
  purpose: 'Checks a configuration, and prints what it comes to, with secrets masked.',
  usage: ['[FILE] [options]'],
  details:
    'Reads flags, environment and file as "vask serve" does, and says where each value came from. Nothing is started.',
  optionsHelp: settingsHelp,
  options: { ...SETTING_OPTIONS, ...JSON_OPTION },
  examples: ['vask check-config vask.json', 'vask check-config --config vask.json --port 7001 --json'],
  execute({ json, ...flags }, [file, ...more]) {
    if (more.length > 0) throw new UsageError('Expected one FILE at most.');
    if (file !== undefined && flags.config !== undefined) throw new UsageError('Give FILE or --config, not both.');
    const given = file === undefined ? flags : { ...flags, config: file };
    const loaded = loadConfig({ flags: given, env: process.env, readFile: (path) => readFileSync(path, 'utf8') });
    const isJson = json !== undefined;
    const faults = 'faults' in loaded ? loaded.faults : certificateFaults(loaded.config.tls);
    if (faults.length > 0) return tellFaults(faults, isJson);
    if ('faults' in loaded) return 1;
    const { config, sources } = loaded;
    process.stdout.write(isJson ? describeConfigAsJson(config, sources) : describeConfig(config, sources));
    if (config.apps.length === 0) {
      const path = join(config.dataDirectory, 'app.json');
      complain(
        paintFor(process.stderr).yellow(`There is no app in it; the server uses the ready-made one of ${path}.`),
      );
    }
    return 0;
  },
});

function tellFaults(faults: readonly string[], isJson: boolean): number {
  const lines = faults.map((fault) => `  ${fault}`).join('\n');
  if (!isJson) throw new Failure(`The configuration has ${plural(faults.length)}:\n${lines}`);
  process.stdout.write(`${JSON.stringify({ faults }, null, 2)}\n`);
  return 1;
}

function plural(count: number): string {
  return count === 1 ? 'a fault' : `${count} faults`;
}
