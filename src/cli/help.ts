// The help texts, written from the tables of the commands.
import type { Command, CommandTable, Option } from './command-table.ts';
import { paintFor } from './terminal.ts';

/** Where the texts begin in the help of the settings. */
const SETTINGS_COLUMN = 34;

type HelpTable = Omit<CommandTable, 'execute'>;

/** `vask COMMAND --help`. */
export function helpOf({ name, purpose, usage, details, options, optionsHelp, examples }: HelpTable): string {
  const { bold } = paintFor(process.stdout);
  const lines = [purpose, '', bold('Usage'), ...usage.map((form) => `  vask ${name} ${form}`.trimEnd()), ''];
  if (details !== undefined) lines.push(details, '');
  const told = optionsHelp?.() ?? '';
  // What the text tells is not told again; the rest follows in its columns.
  const rows = Object.entries(options).filter(([option]) => !told.includes(`--${option} `));
  lines.push(bold('Options'));
  if (told === '') lines.push(...columns(rows.map(optionRow)));
  else
    lines.push(
      told,
      ...columns(
        rows.map(([option, { text }]) => [`--${option}`, text]),
        SETTINGS_COLUMN,
      ),
    );
  if (examples.length > 0) lines.push('', bold('Examples'), ...examples.map((example) => `  ${example}`));
  return lines.join('\n');
}

/** `vask --help`. */
export function overview(commands: readonly Command[]): string {
  const { bold } = paintFor(process.stdout);
  return [
    'Vask, a self-hosted realtime server that speaks the Pusher Channels protocol.',
    '',
    bold('Usage'),
    '  vask COMMAND [options]',
    '',
    bold('Commands'),
    ...columns(commands.map(({ name, purpose }) => [name, purpose] as const)),
    '',
    bold('Options'),
    ...columns([
      ['-h, --help', 'show this text; vask COMMAND --help tells about a command'],
      ['-V, --version', 'show the version'],
    ]),
    '',
    'Exit codes: 0 done, 1 what was asked failed, 2 the command line is wrong.',
  ].join('\n');
}

function optionRow([name, { short, value, text }]: readonly [string, Option]): readonly [string, string] {
  const flag = `${short === undefined ? '    ' : `-${short}, `}--${name}`;
  return [value === undefined ? flag : `${flag} ${value}`, text];
}

function columns(rows: readonly (readonly [left: string, right: string])[], width = 0): string[] {
  const least = width === 0 ? Math.max(...rows.map(([left]) => left.length)) + 2 : width;
  return rows.map(([left, right]) => `  ${left.padEnd(least)}${right}`);
}
