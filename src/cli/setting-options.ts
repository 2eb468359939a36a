// The settings of the server as options of a command; config/help.ts tells what they do.
import { flagOf, SETTING_NAMES, SETTINGS } from '../config/schema.ts';
import type { Option, Options } from './command-table.ts';

export const SETTING_OPTIONS: Options = Object.fromEntries([
  ['config', { type: 'string', short: 'c', value: 'FILE', text: 'configuration file' }],
  ...SETTING_NAMES.map((name): [string, Option] => {
    const { takes, doc } = SETTINGS[name];
    return [flagOf(name), { type: 'string', value: takes, text: doc }];
  }),
]);
