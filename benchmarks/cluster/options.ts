// The command line of `npm run bench:cluster`.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Pace } from '../options.ts';

export const PARTS = [
  'latency',
  'publishes',
  'deliveries',
  'joins',
  'workers',
  'commands',
  'reaping',
  'growth',
] as const;
export type Part = (typeof PARTS)[number];

export const usage = `Usage: npm run bench:cluster -- [options]

  --only PART     run only this part (several: repeat it, or separate by commas)
                  parts: ${PARTS.join(', ')}
  --quick         short and few: to see that all works, not to quote
  --json FILE     write every single figure to FILE
  --help          this text
`;

export interface ClusterOptions extends Pace {
  readonly parts: readonly Part[];
  readonly isQuick: boolean;
  readonly jsonFile: string | null;
  readonly wantsHelp: boolean;
}

export function readOptions(argv: readonly string[]): ClusterOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const wanted = values.only.flatMap((names) => names.split(',')).filter((name) => name !== '');
  const unknown = wanted.filter((name) => !PARTS.some((part) => part === name));
  if (unknown.length > 0) throw new Error(`No such part: ${unknown.join(', ')}. There are ${PARTS.join(', ')}.`);
  const isQuick = values.quick;
  return {
    parts: wanted.length === 0 ? PARTS : PARTS.filter((part) => wanted.includes(part)),
    isQuick,
    sets: isQuick ? 1 : 2,
    roundsPerSet: isQuick ? 1 : 4,
    warmSeconds: isQuick ? 0.2 : 0.8,
    rampSeconds: 0.1,
    measureSeconds: isQuick ? 0.2 : 0.4,
    jsonFile: values.json === undefined ? null : resolve(values.json),
    wantsHelp: values.help,
  };
}
