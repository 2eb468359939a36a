import { expect, test } from 'bun:test';
import { lockedPackages } from './licences.ts';
import { billOfMaterials } from './sbom.ts';

const MANIFEST = { name: 'vask', version: '1.2.3', license: 'MIT' };
const bill = (packages: object): Record<string, unknown> =>
  billOfMaterials(MANIFEST, lockedPackages(JSON.stringify({ packages: { '': {}, ...packages } }))) as Record<
    string,
    unknown
  >;

test('the bill names every package once, with version, licence and hash', () => {
  const entry = {
    version: '2.0.0',
    license: 'MIT OR Apache-2.0',
    integrity: `sha512-${Buffer.from('hash').toString('base64')}`,
  };
  const { components, metadata } = bill({ 'node_modules/@s/b': entry, 'node_modules/a/node_modules/@s/b': entry });
  expect(metadata).toMatchObject({ component: { purl: 'pkg:npm/vask@1.2.3' } });
  expect(components).toEqual([
    {
      type: 'library',
      'bom-ref': 'pkg:npm/%40s/b@2.0.0',
      group: '@s',
      name: 'b',
      version: '2.0.0',
      scope: 'required',
      hashes: [{ alg: 'SHA-512', content: Buffer.from('hash').toString('hex') }],
      licenses: [{ expression: 'MIT OR Apache-2.0' }],
      purl: 'pkg:npm/%40s/b@2.0.0',
    },
  ]);
});

test('the same lock file makes the same bill', () => {
  const packages = { 'node_modules/b': { version: '1.0.0' }, 'node_modules/a': { version: '1.0.0', license: 'MIT' } };
  expect(bill(packages)).toEqual(bill(packages));
  expect((bill(packages)['components'] as { name: string }[]).map(({ name }) => name)).toEqual(['a', 'b']);
});
