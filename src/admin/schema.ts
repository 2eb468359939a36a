// Schemas of what is asked and answered. One value both checks what a stranger has sent and prints itself as JSON Schema,
// so that the OpenAPI document cannot say anything else than what is enforced. A report never quotes the value.

/** Takes one fault: where it is, and what must be otherwise. */
export type Report = (path: string, text: string) => void;

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Schema<Value> {
  readonly json: JsonSchema;
  /** The value in its final form, or undefined after a report. */
  readonly decode: (value: unknown, path: string, report: Report) => Value | undefined;
}

/** A member of an object that may be left out. */
export interface Optional<Value> extends Schema<Value> {
  readonly optional: true;
}

export type ValueOf<Made> = Made extends Schema<infer Value> ? Value : never;

type Members = Readonly<Record<string, Schema<unknown>>>;

type Flat<Shape> = { readonly [Name in keyof Shape]: Shape[Name] };

export type ObjectOf<Shape extends Members> = Flat<
  {
    [Name in keyof Shape as Shape[Name] extends Optional<unknown> ? never : Name]: ValueOf<Shape[Name]>;
  } & {
    [Name in keyof Shape as Shape[Name] extends Optional<unknown> ? Name : never]?: ValueOf<Shape[Name]>;
  }
>;

interface TextRules {
  readonly min?: number;
  readonly max: number;
  /** Printed as it is, so no flag but `u`, which JSON Schema implies. */
  readonly pattern?: RegExp;
  /** Completes the sentence "must …" when the pattern does not fit. */
  readonly must?: string;
  readonly format?: string;
}

export function text({ min = 1, max, pattern, must = 'have another form', format }: TextRules): Schema<string> {
  return {
    json: {
      type: 'string',
      minLength: min,
      maxLength: max,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
      ...(format === undefined ? {} : { format }),
    },
    decode(value, path, report) {
      if (typeof value !== 'string') return void report(path, `must be text, but is ${kindOf(value)}`);
      if (value.length < min || value.length > max)
        return void report(path, `must be ${min} to ${max} characters long`);
      // PostgreSQL keeps neither, and nobody can read them.
      if (!value.isWellFormed() || value.includes('\0')) return void report(path, 'must be Unicode text without NUL');
      if (pattern !== undefined && !pattern.test(value)) return void report(path, `must ${must}`);
      return value;
    },
  };
}

/** Text of any form, also empty: what strangers have sent, or what was written elsewhere. */
export function anyText(max: number): Schema<string> {
  return {
    json: { type: 'string', maxLength: max },
    decode(value, path, report) {
      if (typeof value !== 'string') return void report(path, `must be text, but is ${kindOf(value)}`);
      return value.length > max ? void report(path, `must be at most ${max} characters long`) : value;
    },
  };
}

export function whole(min: number, max: number): Schema<number> {
  return {
    json: { type: 'integer', minimum: min, maximum: max },
    decode(value, path, report) {
      if (typeof value !== 'number') return void report(path, `must be a whole number, but is ${kindOf(value)}`);
      if (!Number.isSafeInteger(value)) return void report(path, 'must be a whole number');
      return value < min || value > max ? void report(path, `must be from ${min} to ${max}`) : value;
    },
  };
}

/** Any number, also one with a fraction. */
export function number(min: number, max: number): Schema<number> {
  return {
    json: { type: 'number', minimum: min, maximum: max },
    decode: (value, path, report) =>
      typeof value === 'number' && value >= min && value <= max
        ? value
        : void report(path, `must be a number from ${min} to ${max}`),
  };
}

/** A whole number as it stands in a query string. */
export function wholeInQuery(min: number, max: number): Schema<number> {
  const number = whole(min, max);
  return {
    json: number.json,
    decode: (value, path, report) =>
      typeof value === 'string' && /^-?\d{1,16}$/.test(value)
        ? number.decode(Number(value), path, report)
        : void report(path, 'must be a whole number'),
  };
}

export const yesOrNo: Schema<boolean> = {
  json: { type: 'boolean' },
  decode: (value, path, report) =>
    typeof value === 'boolean' ? value : void report(path, `must be true or false, but is ${kindOf(value)}`),
};

export function oneOf<const Choice extends string>(choices: readonly Choice[]): Schema<Choice> {
  return {
    json: { type: 'string', enum: choices },
    decode: (value, path, report) =>
      choices.find((choice) => choice === value) ?? void report(path, `must be one of ${choices.join(', ')}`),
  };
}

export function nullable<Value>({ json, decode }: Schema<Value>): Schema<Value | null> {
  return {
    json: { anyOf: [json, { type: 'null' }] },
    decode: (value, path, report) => (value === null ? null : decode(value, path, report)),
  };
}

export function listOf<Item>(item: Schema<Item>, maxItems: number): Schema<readonly Item[]> {
  return {
    json: { type: 'array', items: item.json, maxItems },
    decode(value, path, report) {
      if (!Array.isArray(value)) return void report(path, `must be a list, but is ${kindOf(value)}`);
      if (value.length > maxItems) return void report(path, `must have at most ${maxItems} items`);
      const items = value.map((each, at) => item.decode(each, `${path}/${at}`, report));
      const right = items.filter((each) => each !== undefined);
      return right.length === items.length ? right : undefined;
    },
  };
}

/** An object whose members have names of the caller's choice. */
export function recordOf<Value>(
  name: Schema<string>,
  value: Schema<Value>,
  maxMembers: number,
): Schema<Readonly<Record<string, Value>>> {
  return {
    json: {
      type: 'object',
      propertyNames: name.json,
      additionalProperties: value.json,
      maxProperties: maxMembers,
    },
    decode(given, path, report) {
      if (!isPlain(given)) return void report(path, `must be an object, but is ${kindOf(given)}`);
      const entries = Object.entries(given);
      if (entries.length > maxMembers) return void report(path, `must have at most ${maxMembers} members`);
      const made: [string, Value][] = [];
      for (const [each, member] of entries) {
        const decodedName = name.decode(each, `${path}/*`, report);
        const decoded = value.decode(member, `${path}/*`, report);
        if (decodedName !== undefined && decoded !== undefined) made.push([decodedName, decoded]);
      }
      // Object.fromEntries defines `__proto__` as a member like any other.
      return made.length === entries.length ? Object.fromEntries(made) : undefined;
    },
  };
}

export function optional<Value>(schema: Schema<Value>): Optional<Value> {
  return { ...schema, optional: true };
}

/** The same value in another form, for what has more than one spelling. */
export function mapped<Value>({ json, decode }: Schema<Value>, change: (value: Value) => Value): Schema<Value> {
  return {
    json,
    decode(value, path, report) {
      const decoded = decode(value, path, report);
      return decoded === undefined ? undefined : change(decoded);
    },
  };
}

/** An object of just these members: a name that is not known is a fault, since a typing error would be lost silently. */
export function object<const Shape extends Members>(members: Shape): Schema<ObjectOf<Shape>> {
  const entries = Object.entries(members);
  const required = entries.filter(([, member]) => !isOptional(member)).map(([name]) => name);
  return {
    json: {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, { json }]) => [name, json])),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
    },
    decode(value, path, report) {
      if (!isPlain(value)) return void report(path, `must be an object, but is ${kindOf(value)}`);
      let isRight = true;
      const reportAndNote: Report = (where, fault) => {
        isRight = false;
        report(where, fault);
      };
      for (const name of Object.keys(value)) {
        if (!Object.hasOwn(members, name)) reportAndNote(path, 'has a member that is not known');
      }
      const made: Record<string, unknown> = {};
      for (const [name, member] of entries) {
        if (Object.hasOwn(value, name)) made[name] = member.decode(value[name], `${path}/${name}`, reportAndNote);
        else if (!isOptional(member)) reportAndNote(`${path}/${name}`, 'is missing');
      }
      // The loop above has put there what ObjectOf tells, or reported what it could not.
      return isRight ? (made as ObjectOf<Shape>) : undefined;
    },
  };
}

function isOptional(schema: Schema<unknown>): boolean {
  return 'optional' in schema;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Says what a value is, without saying the value. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'number' ? 'a number' : 'an object';
}
