// `npm run sbom`: the software bill of materials of what runs (CycloneDX 1.6, JSON), made of the lock file and printed, or
// written to the file that is named. `--all` adds what only development and tests need.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackage, lockedPackages } from './licences.ts';
import { ROOT } from './step.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** The same lock file makes the same document: it carries neither a time nor a random number. */
export function billOfMaterials({ name, version, license }: Manifest, packages: readonly LockedPackage[]): object {
  const components = [...new Map(packages.map((each) => [purlOf(each), componentOf(each)])).values()];
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `pkg:npm/${name}@${version}`,
        name,
        version,
        licenses: licencesOf(license),
        purl: `pkg:npm/${name}@${version}`,
      },
    },
    components: components.toSorted((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
  };
}

function componentOf(locked: LockedPackage) {
  const purl = purlOf(locked);
  const [group, name] = locked.name.startsWith('@') ? locked.name.split('/') : [undefined, locked.name];
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group === undefined ? {} : { group }),
    name,
    version: locked.version,
    scope: locked.isDev ? 'excluded' : locked.isOptional ? 'optional' : 'required',
    hashes: hashesOf(locked),
    licenses: licencesOf(locked.licence),
    purl,
  } as const;
}

/** A package URL; the at sign of a scope is written as %40. */
function purlOf({ name, version }: LockedPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function hashesOf({ integrity }: LockedPackage): readonly object[] {
  const [algorithm, hash] = integrity.split('-', 2);
  if (algorithm !== 'sha512' || hash === undefined) return [];
  return [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }];
}

function licencesOf(licence: string): readonly object[] {
  if (licence === 'none named') return [];
  return / (OR|AND) /.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }];
}

if (import.meta.main) {
  const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
  const given = process.argv.slice(2);
  const packages = lockedPackages(read('package-lock.json')).filter(({ isDev }) => !isDev || given.includes('--all'));
  // Written by npm, so it has these members.
  const bill = billOfMaterials(JSON.parse(read('package.json')) as Manifest, packages);
  const text = `${JSON.stringify(bill, null, 2)}\n`;
  const file = given.find((each) => !each.startsWith('--'));
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text);
}
