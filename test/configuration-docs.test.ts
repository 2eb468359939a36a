// docs/configuration.md is compared with the tables that it describes, in both directions, and its examples are tried.
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { APP_MEMBERS, USER_AUTHENTICATION_MEMBERS } from '../src/config/app-members.ts';
import { APP_CLIENT_EVENTS_VARIABLE, APP_VARIABLES, CONFIG_VARIABLE } from '../src/config/environment.ts';
import { loadConfig } from '../src/config/load.ts';
import type { Members } from '../src/config/members.ts';
import { flagOf, SETTING_NAMES, SETTINGS, variableOf } from '../src/config/schema.ts';
import type { Setting } from '../src/config/setting.ts';
import { WEBHOOK_MEMBERS } from '../src/config/webhooks.ts';
import { APP_LIMITS } from '../src/core/limits.ts';

const DOCS = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');

/** The rows of the table below a heading, without its two head rows. */
function tableUnder(heading: string): readonly string[] {
  const section = DOCS.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
}

function valueText(value: unknown): string {
  if (value === undefined) return 'required';
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return 'none';
  return `\`${value}\``;
}

function memberRows(members: Members): readonly string[] {
  return Object.entries(members).map(
    ([name, member]) => `| \`${name}\` | ${member.defaultText ?? valueText(member.default)} | ${member.doc} |`,
  );
}

describe('the tables', () => {
  test('every setting is described, and nothing else', () => {
    const rows = SETTING_NAMES.map((name) => {
      const { bounds, default: byDefault, doc }: Setting<unknown> = SETTINGS[name];
      const range = bounds === null ? '' : `, ${bounds[0]} to ${bounds[1]}`;
      const names = `\`${name}\` | \`${variableOf(name)}\` | \`--${flagOf(name)}\``;
      return `| ${names} | ${valueText(byDefault)}${range} | ${doc} |`;
    });
    expect(tableUnder('Settings')).toEqual(rows);
  });

  test('every member of an app is described, and nothing else', () => {
    expect(tableUnder('Apps')).toEqual(memberRows(APP_MEMBERS));
    expect(tableUnder('Webhooks')).toEqual(memberRows(WEBHOOK_MEMBERS));
    expect(tableUnder('User authentication')).toEqual(memberRows(USER_AUTHENTICATION_MEMBERS));
  });

  test('every limit is described, and nothing else', () => {
    const rows = Object.entries(APP_LIMITS).map(([name, limit]) => {
      const byDefault = 'unlimited' in limit ? '`0` (none)' : `\`${limit.default}\``;
      return `| \`${name}\` | ${byDefault}, ${limit.min} to ${limit.max} | ${limit.doc} |`;
    });
    expect(tableUnder('Limits')).toEqual(rows);
  });

  test('every variable that is no setting is named', () => {
    const others = [CONFIG_VARIABLE, ...APP_VARIABLES, APP_CLIENT_EVENTS_VARIABLE];
    for (const name of others) expect(DOCS).toContain(`\`${name}\``);
    const known = new Set<string>([...others, ...SETTING_NAMES.map(variableOf)]);
    for (const [name] of DOCS.matchAll(/\bVASK_[A-Z_]+\b/g)) expect([name, known.has(name)]).toEqual([name, true]);
  });
});

describe('the examples', () => {
  test('the file in its three languages is right, and says the same', () => {
    const configs = ['jsonc', 'yaml', 'toml'].map((language) => {
      const example = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(DOCS)?.[1] ?? '';
      const path = `vask.${language}`;
      const result = loadConfig({ flags: { config: path }, env: {}, readFile: () => example });
      if ('faults' in result) throw new Error(result.faults.join('\n'));
      return result.config;
    });
    const [first, ...others] = configs;
    expect(first?.apps).toHaveLength(2);
    for (const other of others) expect(other).toEqual(first as never);
  });
});
