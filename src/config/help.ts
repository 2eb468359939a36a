// The settings as `--help` tells them.
import { CONFIG_VARIABLE } from './environment.ts';
import { flagOf, SETTING_NAMES, SETTINGS, variableOf } from './schema.ts';
import type { Setting } from './setting.ts';

const TEXT_COLUMN = 36;
const LAST_COLUMN = 110;

/** The flags with what they do, their variables and defaults, one after the other. */
export function settingsHelp(): string {
  const config = 'Configuration file: .json or .jsonc (with comments), .yaml, .yml or .toml.';
  const rows = SETTING_NAMES.map((name) => {
    const { default: byDefault, doc, takes }: Setting<unknown> = SETTINGS[name];
    const text = Array.isArray(byDefault) ? byDefault.join() : String(byDefault ?? '');
    const origin = text === '' ? variableOf(name) : `${variableOf(name)}, default ${text}`;
    return helpRow(`--${flagOf(name)} ${takes}`, `${doc.replaceAll('`', '')} (${origin})`);
  });
  return [helpRow('--config FILE', `${config} (${CONFIG_VARIABLE})`), ...rows].join('\n');
}

function helpRow(flag: string, text: string): string {
  const [first = '', ...rest] = wrap(text, LAST_COLUMN - TEXT_COLUMN);
  const indent = ' '.repeat(TEXT_COLUMN);
  return [`  ${flag}`.padEnd(TEXT_COLUMN) + first, ...rest.map((line) => indent + line)].join('\n');
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
