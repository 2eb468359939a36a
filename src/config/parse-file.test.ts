import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { deeplyNested, holds, hostileText } from '../../test/support/generators.ts';
import { parseFile } from './parse-file.ts';

describe('values', () => {
  test('the extension decides which language is read', () => {
    const value = { port: 7001 };
    expect(parseFile('a.json', '{"port": 7001}')).toEqual({ value });
    expect(parseFile('a.JSONC', '// comment\n{"port": 7001,}')).toEqual({ value });
    expect(parseFile('a.yaml', 'port: 7001')).toEqual({ value });
    expect(parseFile('a.yml', 'port: 7001 # comment')).toEqual({ value });
    expect(parseFile('dir.d/a.toml', 'port = 7001')).toEqual({ value });
  });

  test('JSON may have comments and a byte order mark', () => {
    expect(parseFile('a.json', '\ufeff/* a */ {"port": 1 // b\n}')).toEqual({ value: { port: 1 } });
  });

  test('a file without content sets nothing', () => {
    for (const name of ['a.json', 'a.yaml', 'a.toml']) expect(parseFile(name, '')).toEqual({ value: {} });
    expect(parseFile('a.json', '// nothing yet')).toEqual({ value: {} });
    expect(parseFile('a.yaml', '# nothing yet')).toEqual({ value: {} });
  });

  test('a file of another kind is a fault that names the kinds', () => {
    expect(parseFile('vask.ini', '')).toEqual({
      fault: 'vask.ini: must be a file of one of the kinds .json, .jsonc, .yaml, .yml, .toml',
    });
  });
});

function faultOf(path: string, text: string): string {
  const parsed = parseFile(path, text);
  return 'fault' in parsed ? parsed.fault : 'no fault';
}

describe('faults name the file and the place', () => {
  test('in JSON: the line and the column of the token', () => {
    expect(faultOf('a.json', '{\n  "port": 1,\n  "host": }')).toBe('a.json:3:11: Unexpected text');
    expect(faultOf('a.json', '{\r\n  "port": 1,\r\n  "host": }')).toBe('a.json:3:11: Unexpected text');
    expect(faultOf('a.json', '{"port": 1 "host": "x"}')).toBe('a.json:1:12: Expected ","');
    expect(faultOf('a.json', '{"port": 1}\n}')).toBe('a.json:2:1: Expected ","');
    expect(faultOf('a.json', '{"port": 1} {"port": 2}')).toStartWith('a.json:1:13: ');
  });

  test('in JSON: the line of a string that is not closed', () => {
    expect(faultOf('a.json', '{\n  "host": "x,\n  "port": 1\n}')).toBe('a.json:2: Unterminated string literal');
  });

  test('in JSON: the end, when something is missing there', () => {
    expect(faultOf('a.json', '{\n  "tls": {"port": 1}\n')).toBe('a.json:2:21: Expected "}" but found end of file');
    expect(faultOf('a.json', '{}, {}')).toBe('a.json:1:7: Expected one object');
  });

  test('in YAML and TOML: the line', () => {
    expect(faultOf('a.yaml', 'port: 1\n\n# x\nhost: [1,\n')).toStartWith('a.yaml:4: ');
    expect(faultOf('a.toml', 'a = [\n1,\n]\n\nport = \n')).toStartWith('a.toml:5: ');
    expect(faultOf('a.toml', 'port = 1\nport = 2\n')).toStartWith('a.toml:2: ');
  });

  test('what the parser found is not repeated, since it may be a secret', () => {
    for (const text of ['{"secret": hush}', '{"secret": "a"hush"}', '{"secret": a.hush}']) {
      expect(faultOf('a.json', text)).not.toContain('hush');
    }
    for (const text of ['secret = hush', 'secret = "a"hush', 'secret = {hush'])
      expect(faultOf('a.toml', text)).not.toContain('hush');
    for (const text of ['secret: "a"hush', 'secret: *hush', 'secret: [hush'])
      expect(faultOf('a.yaml', text)).not.toContain('hush');
  });
});

test('no text makes the parsers fall over', () => {
  for (const name of ['a.json', 'a.yaml', 'a.toml']) {
    expect(faultOf(name, deeplyNested(50_000))).toStartWith(`${name}:`);
    holds(
      fc.property(hostileText(['port', 'apps']), (text) => {
        const parsed = parseFile(name, text);
        expect('value' in parsed || parsed.fault.startsWith(`${name}`)).toBe(true);
      }),
    );
  }
});
