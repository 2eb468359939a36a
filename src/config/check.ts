// Checks of single values. Each gives the value in its final form, or reports what is wrong with it. A report never
// quotes a value, since a secret may stand where it does not belong.

/** Takes one fault: where it is, and what must be otherwise. */
export type Report = (path: string, text: string) => void;

/** The value in its final form, or undefined after a report. */
export type Check<Value> = (value: unknown, path: string, report: Report) => Value | undefined;

type Plain = Readonly<Record<string, unknown>>;

/** True for what the parsers make of an object, a mapping or a table. TOML's dates are objects too, of their own classes. */
export function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The object's own member: names such as `constructor` are inherited by all. */
export function ownMember(object: Plain, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function memberPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** Says what a value is, without saying the value. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  return 'an object';
}

export function wholeNumber(min: number, max: number): Check<number> {
  return (value, path, report) => {
    if (typeof value !== 'number') return void report(path, `must be a whole number, but is ${kindOf(value)}`);
    if (!Number.isInteger(value)) return void report(path, 'must be a whole number');
    if (value < min || value > max) return void report(path, `must be from ${min} to ${max}, but is ${value}`);
    return value;
  };
}

/** @param isRight for text that is not empty. @param must completes the sentence "must …". */
export function textThat(isRight: (text: string) => boolean, must: string): Check<string> {
  return (value, path, report) => {
    if (typeof value === 'string' && value !== '' && isRight(value)) return value;
    if (typeof value === 'string') return void report(path, `must ${must}`);
    const advice = typeof value === 'number' ? '; put it in quotes' : '';
    return void report(path, `must be text, but is ${kindOf(value)}${advice}`);
  };
}

/** Text of one line. */
export function lineOfText(maxLength: number): Check<string> {
  const isRight = (text: string) => text.length <= maxLength && !/\p{Cc}/u.test(text);
  return textThat(isRight, `be 1 to ${maxLength} characters, without line breaks`);
}

export function oneOf<const Choice extends string>(choices: readonly Choice[]): Check<Choice> {
  return (value, path, report) =>
    choices.find((choice) => choice === value) ?? void report(path, `must be one of ${choices.join(', ')}`);
}

export const yesOrNo: Check<boolean> = (value, path, report) =>
  typeof value === 'boolean' ? value : void report(path, `must be true or false, but is ${kindOf(value)}`);

export function listOf<Item>(checkItem: Check<Item>): Check<readonly Item[]> {
  return (value, path, report) => {
    if (!Array.isArray(value)) return void report(path, `must be a list, but is ${kindOf(value)}`);
    const items = value.map((item, index) => checkItem(item, `${path}[${index}]`, report));
    const right = items.filter((item) => item !== undefined);
    return right.length === items.length ? right : undefined;
  };
}

/** Null stands for "none". */
export function orNone<Value>(check: Check<Value>): Check<Value | null> {
  return (value, path, report) => (value === null ? null : check(value, path, report));
}
