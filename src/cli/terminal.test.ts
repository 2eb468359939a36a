import { afterEach, expect, test } from 'bun:test';
import { paintFor, printable } from './terminal.ts';

const { NO_COLOR, TERM } = process.env;
const restore = (name: string, value: string | undefined): void => {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
};

afterEach(() => {
  restore('NO_COLOR', NO_COLOR);
  restore('TERM', TERM);
});

test('[CLI] a terminal gets colours', () => {
  delete process.env.NO_COLOR;
  process.env.TERM = 'xterm';
  expect(paintFor({ isTTY: true }).red('no')).toBe('\x1b[31mno\x1b[39m');
});

test('[CLI] a pipe gets none', () => {
  delete process.env.NO_COLOR;
  expect(paintFor({}).red('no')).toBe('no');
});

test.each([
  ['NO_COLOR', '1'],
  ['TERM', 'dumb'],
])('[CLI] a terminal with %s=%s gets none', (name, value) => {
  process.env.TERM = 'xterm';
  process.env[name] = value;
  expect(paintFor({ isTTY: true }).bold('no')).toBe('no');
});

test('[CLI] control characters become visible, everything else stays', () => {
  expect(printable('a\x1b[2J\r\n\tb\u202ec\x9b')).toBe('a\\u001b[2J\\u000d\\n\\tb\\u202ec\\u009b');
  expect(printable('Grüße, 世界 🎉 "\\"')).toBe('Grüße, 世界 🎉 "\\"');
});
