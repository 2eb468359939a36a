import { expect, test } from 'bun:test';
import { exposition } from './exposition.ts';

test('each metric has its help and type once, in the order of the table', () => {
  const text = exposition([
    { metric: 'vask_app_connections', value: 2, labels: { app: 'a' } },
    { metric: 'vask_connections', value: 3 },
    { metric: 'vask_app_connections', value: 1, labels: { app: 'b' } },
  ]);
  expect(text).toBe(
    [
      '# HELP vask_connections Open WebSocket connections.',
      '# TYPE vask_connections gauge',
      'vask_connections 3',
      '# HELP vask_app_connections Open connections of the app on this node.',
      '# TYPE vask_app_connections gauge',
      'vask_app_connections{app="a"} 2',
      'vask_app_connections{app="b"} 1',
      '',
    ].join('\n'),
  );
});

test('what a label must not hold as it is, is escaped', () => {
  const text = exposition([{ metric: 'vask_app_connections', value: 1, labels: { app: 'a"b\\c\nd' } }]);
  expect(text).toContain('{app="a\\"b\\\\c\\nd"} 1\n');
});

test.each([
  [0.1, '0.1'],
  [1e21, '1e+21'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [Number.NaN, 'NaN'],
])('the number %p is written %s', (value, text) => {
  expect(exposition([{ metric: 'vask_connections', value }])).toEndWith(`vask_connections ${text}\n`);
});

test('nothing is told of what has no sample', () => {
  expect(exposition([])).toBe('');
});
