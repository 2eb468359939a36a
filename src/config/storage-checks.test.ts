import { expect, test } from 'bun:test';
import type { Check } from './check.ts';
import { databaseUrlCheck, secretKeyCheck } from './storage-checks.ts';

function faultOf(check: Check<string>, value: unknown): string | null {
  const faults: string[] = [];
  check(value, 'it', (_path, text) => void faults.push(text));
  return faults[0] ?? null;
}

test('the address of a PostgreSQL database is right', () => {
  for (const url of [
    'postgres://u:p@db/vask',
    'postgresql://db.internal:5433/vask?sslmode=require',
    'postgres://u@[::1]:5432/v',
  ]) {
    expect(faultOf(databaseUrlCheck, url)).toBeNull();
  }
});

test('what is no such address is refused, and not repeated', () => {
  for (const url of ['mysql://u:hush@db/vask', 'postgres://db', 'postgres:db/vask', 'hush', '', 12]) {
    const fault = faultOf(databaseUrlCheck, url);
    expect(fault).not.toBeNull();
    expect(fault).not.toContain('hush');
  }
});

test('a key is 32 bytes in base64', () => {
  expect(faultOf(secretKeyCheck, Buffer.alloc(32, 0xff).toString('base64'))).toBeNull();
  expect(faultOf(secretKeyCheck, Buffer.alloc(32).toString('base64'))).toBeNull();
  for (const bytes of [0, 16, 31, 33, 64]) {
    expect(faultOf(secretKeyCheck, Buffer.alloc(bytes, 7).toString('base64'))).not.toBeNull();
  }
  // The last character of 32 bytes carries four bits; one with more would not come back as it was.
  expect(faultOf(secretKeyCheck, `${'A'.repeat(42)}B=`)).not.toBeNull();
});
