// The settings of the server as options of a command.
import { flagOf, SETTING_NAMES, SETTINGS, variableOf } from '../config/schema.ts';
import type { Option, Options } from './command-table.ts';

export const SETTING_OPTIONS: Options = Object.fromEntries([
  ['config', { type: 'string', short: 'c', value: 'FILE', text: 'file with settings and apps, in JSON, YAML or TOML (or VASK_CONFIG)' }],
  ...SETTING_NAMES.map((name): [string, Option] => {
    const { takes, doc } = SETTINGS[name];
    return [flagOf(name), { type: 'string', value: takes, text: `${doc.replaceAll('`', '')} (or ${variableOf(name)})` }];
  }),
]);
