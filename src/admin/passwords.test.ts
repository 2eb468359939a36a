import { expect, test } from 'bun:test';
import { Passwords } from './passwords.ts';

const CHEAP = { memoryCost: 8, timeCost: 1 };

test('[A-2.2] a password is kept as a hash of argon2id, and only it fits', async () => {
  const hash = (await new Passwords().hash('correct horse')) ?? '';
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=2,p=1\$/);
  const passwords = new Passwords(CHEAP);
  expect(await passwords.verify('correct horse', hash)).toBeTrue();
  expect(await passwords.verify('correct horsE', hash)).toBeFalse();
  expect(await passwords.verify('anything', null)).toBeFalse();
});

test('[A-2.3] beyond a bounded queue nobody waits', async () => {
  const passwords = new Passwords(CHEAP);
  const all = await Promise.all(Array.from({ length: 100 }, () => passwords.hash('x')));
  expect(all.filter((hash) => hash !== null)).toHaveLength(66);
  expect(await passwords.hash('x')).toStartWith('$argon2id$');
});
