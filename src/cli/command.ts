// Reads the arguments of a command by its table, or shows its help.
import { parseArgs } from 'node:util';
import { didYouMean } from '../config/near-miss.ts';
import type { Command, CommandTable, Option, Options, Values } from './command-table.ts';
import { messageOf, UsageError } from './failure.ts';
import { helpOf } from './help.ts';
import { print } from './terminal.ts';

export interface DescribedCommand extends Command {
  readonly usage: readonly string[];
  readonly options: Options;
}

const HELP = { help: { type: 'boolean', short: 'h', text: 'show this text' } } as const;

/** The command that the table describes. */
export function command<const O extends Options>(table: CommandTable<O>): DescribedCommand {
  const { name, purpose, usage } = table;
  const options: Options = { ...table.options, ...HELP };
  return {
    name,
    purpose,
    usage,
    options,
    async run(argv) {
      const { values, positionals } = readArguments(argv, options);
      if (values.help === true) {
        print(helpOf({ ...table, options }));
        return 0;
      }
      // The table by which the values were read is the one that gives them their type.
      return table.execute(values as Values<O>, positionals);
    },
  };
}

interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

function readArguments(argv: readonly string[], options: Options): Arguments {
  try {
    return parseArgs({
      args: [...argv],
      options: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, parserOption(option)])),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new UsageError(explain(error, argv, options));
  }
}

function parserOption({ type, short }: Option): { type: Option['type']; short?: string } {
  return short === undefined ? { type } : { type, short };
}

/** parseArgs speaks to programmers; this says the same to whoever typed the line. */
function explain(error: unknown, argv: readonly string[], options: Options): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const quoted = /'([^']*)'/.exec(messageOf(error))?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const known = Object.keys(options).map((name) => `--${name}`);
    return `There is no option ${quoted}${didYouMean(quoted, known) || '.'}`;
  }
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return messageOf(error);
  const name = /--([\w-]+)/.exec(quoted)?.[1] ?? '';
  const option = options[name];
  if (option?.type === 'boolean') return `--${name} takes no value.`;
  if (argv.at(-1) === `--${name}`) return `--${name} needs a value: --${name} ${option?.value ?? 'VALUE'}`;
  return `--${name} needs a value; one that begins with a dash is written --${name}=-…`;
}
