import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { deeplyNested, holds, jsonObjectText } from '../../test/support/generators.ts';
import { rawMember } from './raw-member.ts';

describe('the text of a member', () => {
  test.each([
    ['{"data":1.0}', '1.0'],
    ['{"data":12345678901234567890}', '12345678901234567890'],
    ['{"data":-1E+2}', '-1E+2'],
    ['{"data":true,"x":1}', 'true'],
    ['{ "data" : null }', 'null'],
    ['{"data":""}', '""'],
    ['{"data":"\\u0041\\"}{"}', '"\\u0041\\"}{"'],
    ['{"data":"\\\\"}', '"\\\\"'],
    ['{"data":"\\\\\\""}', '"\\\\\\""'],
    ['{"data":{ "a" : [ 1 , "]}" ] }}', '{ "a" : [ 1 , "]}" ] }'],
    ['\t{"x":{"data":1},\r\n"data"\n:\n[ ]\n}\n', '[ ]'],
    ['{"x":"\\"data\\":1","data":2}', '2'],
    ['{"d\\u0061ta":1}', '1'],
    ['{"data":{},"__proto__":{"data":1}}', '{}'],
  ])('[P-7.4] in %j is %j, as written', (json, raw) => {
    expect(rawMember(json, 'data')).toBe(raw);
  });

  test.each([
    '{}',
    ' { } ',
    '{"Data":1}',
    '{"x":{"data":1}}',
    '{"x":"data"}',
    '{"data\\u0000":1}',
    '{"__proto__":{"data":1}}',
  ])('is null in %j', (json) => {
    expect(rawMember(json, 'data')).toBeNull();
  });

  test('of a name that is given several times is the last, as for JSON.parse', () => {
    expect(rawMember('{"data":1,"d\\u0061ta":2,"x":3}', 'data')).toBe('2');
  });

  test('of 100,000 arrays in each other is found', () => {
    const deep = deeplyNested(100_000);
    expect(rawMember(`{"x":${deep},"data":${deep}}`, 'data')).toBe(deep);
  });

  test('is found in a time that grows no faster than the text', () => {
    const backslashes = '\\\\'.repeat(200_000);
    const quotes = '\\"'.repeat(200_000);
    expect(rawMember(`{"x":"${backslashes}${quotes}","data":1}`, 'data')).toBe('1');
  });
});

const NAMES = ['data', 'event', 'channel', 'user_info'];

test('[P-7.4] the text of any member means what JSON.parse finds there', () => {
  holds(
    fc.property(jsonObjectText(NAMES), fc.constantFrom(...NAMES, '__proto__', 'constructor'), (json, name) => {
      const parsed = JSON.parse(json) as Record<string, unknown>;
      const raw = rawMember(json, name);
      if (!Object.hasOwn(parsed, name)) return expect(raw).toBeNull();
      expect(JSON.parse(raw ?? '')).toEqual(parsed[name]);
    }),
  );
});
