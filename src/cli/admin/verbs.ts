// Commands of several verbs, such as `vask apps create`: finds the verb and checks how many arguments it has.
import { didYouMean } from '../../config/near-miss.ts';
import { UsageError } from '../failure.ts';

export interface SubVerb<Values> {
  /** The names of its arguments; one that ends in … takes the rest. */
  readonly takes: readonly string[];
  run(values: Values, args: readonly string[]): Promise<void>;
}

/** @param isTwoWords whether `keys list` is one verb. */
export async function runVerb<Values>(
  verbs: ReadonlyMap<string, SubVerb<Values>>,
  values: Values,
  positionals: readonly string[],
): Promise<number> {
  const [first, second] = positionals;
  const name = verbs.has(`${first} ${second}`) ? `${first} ${second}` : (first ?? '');
  const verb = verbs.get(name);
  if (verb === undefined) throw unknownVerb(positionals, [...verbs.keys()]);
  const args = positionals.slice(name.split(' ').length);
  const hasRest = verb.takes.at(-1)?.endsWith('…') === true;
  const least = hasRest ? verb.takes.length - 1 : verb.takes.length;
  if (args.length < least || (!hasRest && args.length > least)) {
    throw new UsageError(`Expected ${[name, ...verb.takes].join(' ')}, but got ${args.length || 'no'} arguments.`);
  }
  await verb.run(values, args);
  return 0;
}

function unknownVerb([first = '', second = '']: readonly string[], names: readonly string[]): UsageError {
  if (first === '') return new UsageError(`Say what to do: ${names.join(', ')}.`);
  const given = names.some((name) => name.startsWith(`${first} `)) ? `${first} ${second}`.trim() : first;
  return new UsageError(`There is no "${given}"${didYouMean(given, names) || `; there are ${names.join(', ')}.`}`);
}
