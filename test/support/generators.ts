// Arbitrary values for property-based tests. They lean towards what breaks decoders: member names that mean something,
// names that every object inherits, lone surrogates, and texts that are almost right.
import * as fc from 'fast-check';

/** Checks a property that does not wait for anything; what it throws names the seed and the smallest counterexample. */
export function holds<Values>(property: fc.IProperty<Values>, parameters?: fc.Parameters<Values>): void {
  return fc.assert(property, parameters);
}

/** Any sequence of UTF-16 code units, lone surrogates and control characters included. */
export const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
});

/** Text that UTF-8 can carry. */
export const wellFormedText = fc.string({ unit: 'grapheme' });

const INHERITED = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'length'];

/** JSON values whose objects often have members of these names. */
export function jsonValue(names: readonly string[]): fc.Arbitrary<unknown> {
  const name = fc.oneof(fc.constantFrom(...names, ...INHERITED), anyText);
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        anyText,
        fc.constantFrom('', '1', '{}', 'a,b'),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(name, tie('value'), { maxKeys: 6 }),
    ),
  }));
  return value;
}

/** An object with any of these members, each of any JSON value, as text in one of the ways in which it may be written. */
export function jsonObjectText(names: readonly string[]): fc.Arbitrary<string> {
  const members = fc.dictionary(fc.constantFrom(...names, ...INHERITED), jsonValue(names), { maxKeys: 6 });
  return fc
    .tuple(members, fc.constantFrom('', ' ', '\t', '\n'))
    .map(([value, indent]) => JSON.stringify(value, null, indent));
}

/** Texts that are no JSON at all, JSON of another form than asked for, and well-formed objects with some of its letters lost. */
export function hostileText(names: readonly string[]): fc.Arbitrary<string> {
  const damaged = fc
    .tuple(jsonObjectText(names), fc.nat(), fc.nat({ max: 3 }))
    .map(([text, at, length]) => text.slice(0, at % text.length) + text.slice((at % text.length) + length));
  return fc.oneof(anyText, fc.json(), jsonObjectText(names), damaged);
}

/** Text in arrays so deep that a parser which calls itself would overflow. */
export function deeplyNested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}
