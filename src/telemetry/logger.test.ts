import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { anyText, holds } from '../../test/support/generators.ts';
import type { LogLevel } from './log-events.ts';
import { createLogger, logHappenings, logTraffic } from './logger.ts';

const NOON = Date.UTC(2030, 0, 2, 12, 34, 56, 789);
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function logTo(lines: string[], level: LogLevel = 'debug', format: 'json' | 'text' = 'json') {
  return createLogger(
    level,
    format,
    () => NOON,
    (line) => void lines.push(line),
  );
}

describe('JSON lines', () => {
  test('have time, level, event and the fields', () => {
    const lines: string[] = [];
    logTo(lines).log('info', 'started', { port: 6_001, urls: ['a'], none: null });
    expect(lines).toEqual([
      '{"time":"2030-01-02T12:34:56.789Z","level":"info","event":"started","port":6001,"urls":["a"],"none":null}\n',
    ]);
  });

  test('stay one line each, whatever a stranger puts into a field', () => {
    holds(
      fc.property(anyText, (text) => {
        const lines: string[] = [];
        logTo(lines).log('warn', 'repaired', { text });
        const [line = ''] = lines;
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(JSON.parse(line).text).toBe(text);
      }),
    );
  });
});

describe('text lines', () => {
  test('have the time of day, level, event and name=value', () => {
    const lines: string[] = [];
    const logger = logTo(lines, 'debug', 'text');
    logger.log('info', 'started', { url: 'http://127.0.0.1:6001', port: 6_001, text: 'two words', list: ['a', 1] });
    logger.log('error', 'failed');
    expect(lines).toEqual([
      '12:34:56.789 info  started url=http://127.0.0.1:6001 port=6001 text="two words" list=["a",1]\n',
      '12:34:56.789 error failed\n',
    ]);
  });

  test.each([
    ['a line break', 'a\nb'],
    ['a carriage return', 'a\rb'],
    ['quotes', 'a" level="error'],
    ['an equals sign', 'a=b'],
    ['nothing', ''],
    ['colours of a terminal', 'a\u001b[31mb'],
    ['a backspace', 'a\bb'],
  ])('quote %s', (_, text) => {
    const lines: string[] = [];
    logTo(lines, 'debug', 'text').log('info', 'started', { text });
    expect(lines).toEqual([`12:34:56.789 info  started text=${JSON.stringify(text)}\n`]);
  });

  test('escape what JSON leaves as it is, though a terminal obeys it', () => {
    const lines: string[] = [];
    logTo(lines, 'debug', 'text').log('info', 'started', { text: '\u009b31m\u0085\u007f', list: ['\u2028\u2029'] });
    expect(lines).toEqual(['12:34:56.789 info  started text="\\u009b31m\\u0085\\u007f" list=["\\u2028\\u2029"]\n']);
  });

  test('stay one line each, and move no cursor, whatever a stranger puts into a field', () => {
    holds(
      fc.property(anyText, (text) => {
        const lines: string[] = [];
        logTo(lines, 'debug', 'text').log('warn', 'repaired', { text, list: [text] });
        const [line = ''] = lines;
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(line.at(-1)).toBe('\n');
      }),
    );
  });
});

test.each(LEVELS)('at level %s what matters less is left out', (level) => {
  const lines: string[] = [];
  const logger = logTo(lines, level);
  logger.log('debug', 'connected');
  logger.log('info', 'started');
  logger.log('warn', 'repaired');
  logger.log('error', 'failed');
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(LEVELS.slice(LEVELS.indexOf(level)));
});

describe('happenings', () => {
  test('carry their kind as event and the rest as fields', () => {
    const lines: string[] = [];
    logHappenings(logTo(lines))({ kind: 'failed', doing: 'subscribe', error: 'Error: a bug\n    at x' });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        time: expect.any(String),
        level: 'error',
        event: 'failed',
        doing: 'subscribe',
        error: 'Error: a bug\n    at x',
      },
    ]);
  });

  test('of everyday kinds are seen at debug only', () => {
    const lines: string[] = [];
    logHappenings(logTo(lines, 'info'))({ kind: 'connectionRefused', app: null, code: 4001, text: 'x' });
    expect(lines).toEqual([]);
  });
});

describe('traffic', () => {
  test('is not even made at any level but debug', () => {
    expect(LEVELS.map((level) => logTraffic(logTo([], level)) === null)).toEqual([false, true, true, true]);
  });

  test('is seen at debug, and a stranger’s event does not pass for a happening', () => {
    const lines: string[] = [];
    const observe = logTraffic(logTo(lines));
    observe?.({
      kind: 'published',
      app: '1' as never,
      channel: 'c' as never,
      event: 'failed',
      data: 'not for the log',
    });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { time: expect.any(String), level: 'debug', event: 'published', app: '1', channel: 'c', name: 'failed' },
    ]);
  });
});
