import { expect, test } from 'bun:test';
import { SECRET } from './credentials.ts';
import { expectNoSecret, keepSecret, secretsOf } from './secrets.ts';
import { startVask } from './server.ts';

test('a secret in what was written is found, with its line', () => {
  expect(() => expectNoSecret('one\ntwo a-long-secret three\nfour', ['a-long-secret'])).toThrow(
    'two a-long-secret three',
  );
  expect(() => expectNoSecret('nothing', ['a-long-secret'])).not.toThrow();
});

test('a word that is too short to be one is none', () => {
  expect(() => expectNoSecret('a short one', ['short'])).not.toThrow();
});

test('what was kept is looked for in all that is written later', () => {
  keepSecret('kept-for-this-test');
  expect(() => expectNoSecret('{"auth":"kept-for-this-test"}')).toThrow('A secret stands');
});

test('a server whose log holds the secret of its app does not stop in silence', async () => {
  const vask = await startVask();
  vask.logLines.push(`{"event":"planted","secret":"${SECRET}"}`);
  await expect(vask.stop()).rejects.toThrow('planted');
});

test('secrets of a command line are those after options of that name, and in variables of that name', () => {
  const env = { VASK_SECRET_KEY: 'c', VASK_PORT: '1' };
  expect(secretsOf(['sign', '--secret', 'a', '--token=b', '--key', 'k'], env)).toEqual(['a', 'b', 'c']);
});
