// The command line of `npm run bench`.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const usage = `Usage: npm run bench -- [options]

  --only NAME       run only this workload (several: repeat it, or separate by commas)
  --rounds N        how often each server does each workload (default 16, at most 300)
  --quick           short and few rounds: to see that all works, not to quote
  --against DIR     let the Vask of another checkout take turns too, and compare
  --self-check      the bare server against itself: how far from 1.00 noise alone takes the ratios
  --json FILE       write every single figure to FILE
  --list            name the workloads
  --help            this text
`;

/** How often and how long. */
export type Pace = {
  /** Servers are started afresh for each set of rounds. */
  sets: number;
  roundsPerSet: number;
  warmSeconds: number;
  rampSeconds: number;
  measureSeconds: number;
};

export type Options = Pace & {
  only: readonly string[];
  against: string | undefined;
  selfCheck: boolean;
  jsonFile: string | undefined;
  request: 'measure' | 'list' | 'help';
};

const mostRounds = 300;
// Even, so that within a set each server goes first as often as any other.
const roundsPerSet = 4;

export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      against: { type: 'string' },
      'self-check': { type: 'boolean', default: false },
      json: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 16));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > mostRounds) {
    throw new Error(`--rounds takes a whole number from 1 to ${mostRounds}`);
  }
  return {
    only: values.only.flatMap((names) => names.split(',')).filter((name) => name !== ''),
    sets: Math.ceil(rounds / roundsPerSet),
    roundsPerSet: Math.min(rounds, roundsPerSet),
    warmSeconds: values.quick ? 0.3 : 1.2,
    rampSeconds: 0.1,
    measureSeconds: values.quick ? 0.3 : 0.5,
    against: values.against === undefined ? undefined : resolve(values.against),
    selfCheck: values['self-check'],
    jsonFile: values.json === undefined ? undefined : resolve(values.json),
    request: values.help ? 'help' : values.list ? 'list' : 'measure',
  };
}
