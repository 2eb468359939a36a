// The command line: finds the command, runs it, and makes an exit code of how it went.
import { didYouMean } from '../config/near-miss.ts';
import { VERSION } from '../system/version.ts';
import type { Command } from './command-table.ts';
import { COMMANDS } from './commands.ts';
import { Failure, messageOf, UsageError } from './failure.ts';
import { overview } from './help.ts';
import { complain, paintFor, print } from './terminal.ts';

const FAILED = 1;
const WRONG_USAGE = 2;

async function main([first, ...rest]: readonly string[]): Promise<number> {
  if (first === undefined) {
    complain(overview(COMMANDS));
    return WRONG_USAGE;
  }
  if (first === '--version' || first === '-V') {
    print(VERSION);
    return 0;
  }
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    print(overview(COMMANDS));
    return 0;
  }
  return first === 'help' ? await runNamed(rest[0] ?? '', ['--help']) : await runNamed(first, rest);
}

async function runNamed(name: string, argv: readonly string[]): Promise<number> {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) return misused(unknown(name), null);
  try {
    return await command.run(argv);
  } catch (error) {
    if (error instanceof UsageError) return misused(error.message, command);
    const { bold, red } = paintFor(process.stderr);
    complain(`${red(bold('vask:'))} ${messageOf(error)}`);
    if (error instanceof Failure && error.advice !== null) complain(error.advice);
    // Nobody foresaw this one: whoever mends it needs to know where it came from.
    else if (!(error instanceof Failure) && error instanceof Error) complain(error.stack ?? '');
    return FAILED;
  }
}

function unknown(name: string): string {
  if (name.startsWith('-')) return `There is no option ${name}; the command comes first.`;
  return `There is no command "${name}"${
    didYouMean(
      name,
      COMMANDS.map((command) => command.name),
    ) || '.'
  }`;
}

function misused(message: string, command: Command | null): number {
  const { bold, red } = paintFor(process.stderr);
  complain(`${red(bold('vask:'))} ${message}`);
  complain(command === null ? 'See vask --help.' : `See vask ${command.name} --help.`);
  return WRONG_USAGE;
}

// Whoever reads our output may have seen enough, as `head` does.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await main(process.argv.slice(2));
