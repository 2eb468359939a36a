// One setting as a row of the table: its default, its check, its documentation, and how it is read from a text.
import { type Check, wholeNumber } from './check.ts';

export interface Setting<Value> {
  readonly default: Value;
  /** What the flag is followed by, as `--help` shows it. */
  readonly takes: string;
  /** The value that a text from the environment or a flag stands for; the check decides whether it is right. */
  readonly fromText: (text: string) => unknown;
  readonly check: Check<Value>;
  /** Of a number: the least and the largest. */
  readonly bounds: readonly [min: number, max: number] | null;
  readonly doc: string;
}

export function text<Default extends string | null, Value extends string>(
  byDefault: Default,
  takes: string,
  check: Check<Value>,
  doc: string,
): Setting<Default | Value> {
  return { default: byDefault, takes, fromText: (given) => given, check, bounds: null, doc };
}

export function number(byDefault: number, min: number, max: number, doc: string): Setting<number> {
  const check = wholeNumber(min, max);
  return { default: byDefault, takes: 'NUMBER', fromText: parseNumber, check, bounds: [min, max], doc };
}

// What is not a number stays text, and the check says so. Number() alone would take '' and '0x10'.
export function parseNumber(given: string): unknown {
  return /^-?\d+(\.\d+)?$/.test(given.trim()) ? Number(given) : given;
}

export function splitList(given: string): unknown {
  return given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
