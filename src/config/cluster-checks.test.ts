import { expect, test } from 'bun:test';
import type { Check } from './check.ts';
import { nodeNameCheck, redisPrefixCheck, redisUrlCheck } from './cluster-checks.ts';

function faultOf(check: Check<string>, value: unknown): string | null {
  const faults: string[] = [];
  check(value, 'it', (_path, text) => void faults.push(text));
  return faults[0] ?? null;
}

test('an address of Redis is right, and what is none is not repeated', () => {
  expect(faultOf(redisUrlCheck, 'rediss://vask:hush@db:6380/2')).toBeNull();
  expect(faultOf(redisUrlCheck, 'hush')).toStartWith('must be an address such as redis://');
  expect(faultOf(redisUrlCheck, 6_379)).toBe('must be text, but is a number');
});

test('a prefix has nothing that Redis reads in its own way', () => {
  for (const prefix of ['vask:', 'shop/vask-2:', 'v']) expect(faultOf(redisPrefixCheck, prefix)).toBeNull();
  for (const prefix of ['', '{vask}', 'vask*', 'va sk', 'v'.repeat(101), 7]) {
    expect(faultOf(redisPrefixCheck, prefix)).not.toBeNull();
  }
});

test('a name of a node is one word, or none', () => {
  for (const name of ['', 'node-1', 'vask.example', 'a_b']) expect(faultOf(nodeNameCheck, name)).toBeNull();
  for (const name of ['node 1', 'a/b', 'n'.repeat(101), null, 7]) expect(faultOf(nodeNameCheck, name)).not.toBeNull();
});
