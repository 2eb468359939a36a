// What the front end repeats of other places is the same there.
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as radix from '@radix-ui/colors';
import { SCOPES } from '../../src/admin/route.ts';
import { APP_MEMBERS, USER_AUTHENTICATION_MEMBERS } from '../../src/config/app-members.ts';

const UI = join(import.meta.dir, '..', '..', 'src', 'dashboard', 'ui');
const textOf = (path: string): string => readFileSync(join(UI, path), 'utf8');

test('colours are those of the scales whose contrast was checked', () => {
  const scales: Readonly<Record<string, Readonly<Record<string, string>>>> = radix;
  const found = [...textOf('styles/colours.css').matchAll(/--(\w+)-(\d+): light-dark\((#\w+), (#\w+)\)/g)];
  expect(found).not.toBeEmpty();
  for (const [, name = '', step, light, dark] of found) {
    const wanted = [scales[name]?.[`${name}${step}`], scales[`${name}Dark`]?.[`${name}${step}`]];
    expect([name, step, light, dark]).toEqual([name, step, ...wanted.map(String)]);
  }
});

test('each switch says what the configuration says of it, with the same default', () => {
  const text = textOf('pages/app/settings/switches.ts');
  const documented = [...Object.entries(APP_MEMBERS), ...Object.entries(USER_AUTHENTICATION_MEMBERS)];
  const shown = [...text.matchAll(/name: '(\w+)',\s+title: '[^']+',\s+doc: '([^']+)',\s+byDefault: '(on|off)'/g)];
  expect(shown).toHaveLength(7);
  for (const [, name, doc, byDefault] of shown) {
    const same = documented.find(([each, member]) => each === name && member.doc === doc);
    expect([name, same?.[1].default]).toEqual([name, byDefault === 'on']);
  }
});

test('all scopes can be chosen for a token', () => {
  const text = textOf('pages/account/new-token.tsx');
  for (const scope of SCOPES) expect(text).toContain(`'${scope}'`);
});
