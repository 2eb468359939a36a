import { expect, test } from 'bun:test';
import { isAllowed, type LockedPackage, licenceFault, lockedPackages } from './licences.ts';

test.each([
  ['MIT', true],
  ['MIT OR Apache-2.0', true],
  ['(GPL-3.0 OR MIT)', true],
  ['MIT AND ISC', true],
  ['MIT AND GPL-3.0-only', false],
  ['(MIT OR ISC) AND GPL-3.0-only', false],
  ['GPL-3.0-only', false],
  ['SEE LICENSE IN LICENSE', false],
  ['none named', false],
])('the licence %s is allowed: %p', (expression, expected) => {
  expect(isAllowed(expression)).toBe(expected);
});

const lock = (entry: object): LockedPackage => {
  const [made] = lockedPackages(JSON.stringify({ packages: { '': {}, 'node_modules/a/node_modules/@s/b': entry } }));
  if (made === undefined) throw new Error('The lock file has a package.');
  return made;
};

test('a package is named after its last folder, or as it names itself', () => {
  expect(lock({ version: '1.0.0' })).toMatchObject({ name: '@s/b', version: '1.0.0', licence: 'none named' });
  expect(lock({ name: 'other' }).name).toBe('other');
});

test('a licence that is not allowed is a fault, and so is one that the package itself does not say', () => {
  expect(licenceFault(lock({ license: 'MIT' }), 'MIT')).toBeNull();
  expect(licenceFault(lock({ license: 'MIT' }), 'GPL-3.0-only')).toContain('the package says GPL-3.0-only');
  expect(licenceFault(lock({ license: 'GPL-3.0-only' }), 'GPL-3.0-only')).toContain('not a licence that is allowed');
  expect(licenceFault(lock({ name: 'axe-core', license: 'MPL-2.0' }), 'MPL-2.0')).toBeNull();
  expect(licenceFault(lock({ name: 'axe-core', license: 'GPL-3.0-only' }), 'GPL-3.0-only')).toContain('its exception');
});

test('a package that is not installed is a fault, unless it is for other platforms', () => {
  expect(licenceFault(lock({ license: 'MIT' }), null)).toContain('not installed');
  expect(licenceFault(lock({ license: 'MIT', optional: true }), null)).toBeNull();
});
