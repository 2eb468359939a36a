import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { holds } from '../../test/support/generators.ts';
import { didYouMean, editDistance } from './near-miss.ts';

test('the distance counts letters that are added, dropped, changed or swapped', () => {
  expect(editDistance('', '')).toBe(0);
  expect(editDistance('port', 'prt')).toBe(1);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('prot', 'port')).toBe(1);
  expect(editDistance('ab', 'ba')).toBe(1);
});

test('the distance is the same both ways, and none only between equal texts', () => {
  const word = fc.string({ maxLength: 8 });
  holds(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

test('a slip of the finger, other capitals and other separators are understood', () => {
  const known = ['port', 'maxConnections', 'tls'];
  for (const name of ['prot', 'Port', 'PORT', 'ports']) expect(didYouMean(name, known)).toBe('; did you mean port?');
  for (const name of ['max_connections', 'max-connections', 'MAXCONECTIONS']) {
    expect(didYouMean(name, known)).toBe('; did you mean maxConnections?');
  }
});

test('nothing is guessed for a name that is like none', () => {
  expect(didYouMean('webhooks', ['port', 'tls'])).toBe('');
  expect(didYouMean('', ['port'])).toBe('');
  expect(didYouMean('x'.repeat(100_000), ['port'])).toBe('');
});
