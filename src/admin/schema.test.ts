import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { holds, jsonValue } from '../../test/support/generators.ts';
import {
  listOf,
  nullable,
  object,
  oneOf,
  optional,
  recordOf,
  type Schema,
  text,
  whole,
  wholeInQuery,
  yesOrNo,
} from './schema.ts';

const NAMES = ['name', 'size', 'kind', 'on', 'tags', 'headers', 'inner'];

const shape = object({
  name: text({ max: 5, pattern: /^[a-z]+$/, must: 'be letters' }),
  size: optional(whole(0, 10)),
  kind: optional(nullable(oneOf(['a', 'b']))),
  on: optional(yesOrNo),
  tags: optional(listOf(text({ max: 3 }), 2)),
  headers: optional(recordOf(text({ max: 9, pattern: /^[a-z]+$/ }), text({ max: 3 }), 2)),
  inner: optional(object({ name: yesOrNo })),
});

function faultsOf(schema: Schema<unknown>, value: unknown): { faults: string[]; decoded: unknown } {
  const faults: string[] = [];
  const decoded = schema.decode(value, '', (pointer, detail) => void faults.push(`${pointer} ${detail}`));
  return { faults, decoded };
}

test('[A-1.1] a value is taken as it is, or refused with every fault that it has', () => {
  const right = {
    name: 'abc',
    size: 3,
    kind: null,
    on: false,
    tags: ['x'],
    headers: { a: 'b' },
    inner: { name: true },
  };
  expect(faultsOf(shape, right)).toEqual({ faults: [], decoded: right });
  expect(faultsOf(shape, { size: 1.5, kind: 'c', on: 1, tags: ['', 'long'], headers: { A: 'b' }, more: 1 })).toEqual({
    faults: [
      ' has a member that is not known',
      '/name is missing',
      '/size must be a whole number',
      '/kind must be one of a, b',
      '/on must be true or false, but is a number',
      '/tags/0 must be 1 to 3 characters long',
      '/tags/1 must be 1 to 3 characters long',
      '/headers/* must have another form',
    ],
    decoded: undefined,
  });
});

test('[A-1.1] any JSON value is decoded or refused, never both, and no report quotes it', () => {
  holds(
    fc.property(jsonValue(NAMES), (value) => {
      const { faults, decoded } = faultsOf(shape, value);
      expect(decoded === undefined).toBe(faults.length > 0);
      if (decoded !== undefined) expect(JSON.stringify(decoded)).toBe(JSON.stringify(pick(value)));
    }),
  );
  holds(
    fc.property(fc.string({ minLength: 12, maxLength: 30 }), (secret) => {
      const { faults } = faultsOf(shape, { name: secret, [secret]: 1, tags: secret, headers: { [secret]: secret } });
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.join().includes(secret)).toBeFalse();
    }),
  );
});

/** The members in the order of the schema, as the decoder makes them. */
function pick(value: unknown): unknown {
  const entries = Object.entries(value as object);
  return Object.fromEntries(NAMES.flatMap((name) => entries.filter(([each]) => each === name)));
}

test.each(['__proto__', 'constructor', 'toString'])('[A-1.1] a member called %s is like any other', (name) => {
  const value: unknown = JSON.parse(`{"name":"a","${name}":1}`);
  expect(faultsOf(shape, value).faults).toEqual([' has a member that is not known']);
  const record = recordOf(text({ max: 20 }), whole(0, 9), 3);
  const { decoded } = faultsOf(record, JSON.parse(`{"${name}":1}`));
  expect(Object.entries(decoded as object)).toEqual([[name, 1]]);
});

test('[A-1.1] text that cannot be kept is refused', () => {
  for (const value of ['a\0b', '\ud800', 'a\udc00']) expect(faultsOf(text({ max: 9 }), value).faults).toHaveLength(1);
});

test('[A-1.5] a number of a query string is one of digits', () => {
  const limit = wholeInQuery(1, 200);
  expect(faultsOf(limit, '17').decoded).toBe(17);
  for (const value of ['', '0', '201', '1.0', '1e2', ' 1', '0x1', '99999999999999999999', 1, ['1']]) {
    expect(faultsOf(limit, value).faults).toHaveLength(1);
  }
});
