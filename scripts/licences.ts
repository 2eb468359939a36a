// Every package that the lock file names and that is installed here: its licence must be one of those below. Part of
// `npm run check`; it asks nobody.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './step.ts';

/** Licences that let the package be used, changed and passed on with Vask under MIT. */
export const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Unlicense',
]);

/** Packages with another licence, or that do not name one. */
export const EXCEPTIONS: Readonly<Record<string, { readonly licence: string; readonly why: string }>> = {
  'axe-core': { licence: 'MPL-2.0', why: 'only run by tests, unchanged, and part of nothing that is shipped' },
  'expect.js': { licence: 'none named', why: 'MIT according to its README; only run by tests' },
};

export interface LockedPackage {
  /** In the tree, as `node_modules/…`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly integrity: string;
  /** Only for development and tests. */
  readonly isDev: boolean;
  /** For some platforms only, so it may be missing here. */
  readonly isOptional: boolean;
}

interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** @param lock the text of package-lock.json. */
export function lockedPackages(lock: string): readonly LockedPackage[] {
  const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, LockEntry>> };
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => ({
      path,
      // One that is installed under another name says its own.
      name: entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: entry.version ?? '',
      licence: entry.license ?? 'none named',
      integrity: entry.integrity ?? '',
      isDev: entry.dev === true || entry.devOptional === true,
      isOptional: entry.optional === true || entry.devOptional === true,
    }));
}

/** Whether an SPDX expression of names, AND and OR can be kept with what is allowed; one with inner parentheses is refused. */
export function isAllowed(expression: string): boolean {
  const inner = /^\(([^()]*)\)$/.exec(expression)?.[1] ?? expression;
  const choices = inner.split(/\s+OR\s+/);
  return choices.some((choice) => choice.split(/\s+AND\s+/).every((name) => ALLOWED.has(name.trim())));
}

/** What is wrong with the package; null when nothing is. */
export function licenceFault({ name, licence, isOptional }: LockedPackage, installed: string | null): string | null {
  if (installed === null) {
    if (!isOptional) return `${name} is in the lock file and not installed; run npm ci`;
  } else if (installed !== licence) return `${name}: the lock file says ${licence}, the package says ${installed}`;
  const exception = EXCEPTIONS[name];
  if (exception !== undefined) {
    return exception.licence === licence ? null : `${name}: its exception is for ${exception.licence}, not ${licence}`;
  }
  return isAllowed(licence) ? null : `${name}: ${licence} is not a licence that is allowed`;
}

/** What the installed package itself says; null when it is not there. */
function installedLicence(path: string): string | null {
  const file = join(ROOT, path, 'package.json');
  if (!existsSync(file)) return null;
  const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license?: string | { readonly type?: string } };
  return (typeof license === 'object' ? license.type : license) ?? 'none named';
}

/** Every package comes with the hash of its contents, so that no registry can exchange it. */
function integrityFault({ name, integrity }: LockedPackage): string | null {
  return integrity.startsWith('sha512-') ? null : `${name}: the lock file has no sha512 of it`;
}

if (import.meta.main) {
  const packages = lockedPackages(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const known = new Set(packages.map(({ name }) => name));
  const faults = [
    ...packages.flatMap((each) => [licenceFault(each, installedLicence(each.path)), integrityFault(each)]),
    ...Object.keys(EXCEPTIONS).map((name) => (known.has(name) ? null : `${name}: an exception for what is not there`)),
  ].filter((fault) => fault !== null);
  const counts = Map.groupBy(packages, ({ licence }) => licence);
  const summary = [...counts].map(([licence, { length }]) => `${licence} ${length}`).sort();
  console.log(`${packages.length} packages: ${summary.join(', ')}`);
  for (const fault of faults) console.log(`  ${fault}`);
  process.exit(faults.length === 0 ? 0 : 1);
}
