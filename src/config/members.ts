// Checks of objects: a table names each member with its check, its default and its documentation; any other is a fault.
import { type Check, isPlain, kindOf, memberPath, ownMember, type Report } from './check.ts';
import { didYouMean } from './near-miss.ts';

export interface Member<Value> {
  readonly check: Check<Value>;
  /** Undefined when the member must be given. */
  readonly default: Value | undefined;
  /** The default in words, where the value itself would not say it. */
  readonly defaultText?: string;
  readonly doc: string;
}

export type Members = Readonly<Record<string, Member<unknown>>>;

export type MadeOf<Table extends Members> = {
  readonly [Name in keyof Table]: Table[Name] extends Member<infer Value> ? Value : never;
};

/** Checks all members, so that all faults are told at once, and fills in the defaults. */
export function objectOf<Table extends Members>(table: Table): Check<MadeOf<Table>> {
  return (value, path, report) => {
    if (!isPlain(value)) return void report(path, `must be an object, but is ${kindOf(value)}`);
    let isRight = reportUnknown(value, Object.keys(table), path, report);
    const made: [string, unknown][] = [];
    for (const [name, member] of Object.entries(table)) {
      const given = ownMember(value, name);
      const final = given === undefined ? member.default : member.check(given, memberPath(path, name), report);
      if (given === undefined && final === undefined) report(memberPath(path, name), 'is missing');
      if (final === undefined) isRight = false;
      made.push([name, final]);
    }
    // Each value comes from the check of its own row, which is what MadeOf says.
    return isRight ? (Object.fromEntries(made) as MadeOf<Table>) : undefined;
  };
}

/** Reports members that nobody knows; true when there are none. */
export function reportUnknown(
  object: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: string,
  report: Report,
): boolean {
  const unknown = Object.keys(object).filter((name) => !known.includes(name));
  for (const name of unknown) report(memberPath(path, printable(name)), `is unknown${didYouMean(name, known)}`);
  return unknown.length === 0;
}

// A fault is one line on a terminal, whatever a file has for a name.
function printable(name: string): string {
  return /^[\w.-]{1,80}$/.test(name) ? name : JSON.stringify(name.slice(0, 80).toWellFormed());
}
