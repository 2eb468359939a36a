// Makes the configuration out of flags, environment, file and defaults, in this order of precedence, or tells all that is
// wrong with them.
import { checkApps, reportDuplicates } from './apps.ts';
import { ownMember, type Report } from './check.ts';
import {
  APP_CLIENT_EVENTS_VARIABLE,
  APP_VARIABLES,
  appOfEnvironment,
  CONFIG_VARIABLE,
  type Environment,
  reportUnknownVariables,
  variable,
} from './environment.ts';
import { type FileMembers, fileMember, readMembers } from './file-members.ts';
import { deepFreeze } from './freeze.ts';
import { leavesOf } from './leaves.ts';
import { didYouMean } from './near-miss.ts';
import {
  type Config,
  flagOf,
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
  type SettingValues,
  type TlsSettings,
  variableOf,
} from './schema.ts';
import type { Setting } from './setting.ts';
import { reportWebhookUrls } from './webhooks.ts';

export interface ConfigInput {
  /** By name without the dashes: `{ port: '7001', 'tls-cert': 'cert.pem', config: 'vask.json' }`. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: Environment;
  /** The text of the file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** Path of a value → where it came from: `flag --port`, `env VASK_PORT`, `file vask.json`. What is not in it is a default. */
export type Sources = ReadonlyMap<string, string>;

export type LoadedConfig =
  | { readonly config: Config; readonly sources: Sources }
  | { readonly faults: readonly string[] };

/** The names of all flags that `loadConfig` knows. Each is followed by a value. */
export const CONFIG_FLAGS: readonly string[] = ['config', ...SETTING_NAMES.map(flagOf)];

interface Inputs {
  readonly flags: ConfigInput['flags'];
  readonly env: Environment;
  readonly file: FileMembers;
  readonly fileSource: string;
}

export function loadConfig({ flags, env, readFile }: ConfigInput): LoadedConfig {
  const faults: string[] = [];
  const report: Report = (path, text) => void faults.push(path === '' ? text : `${path}: ${text}`);
  reportUnknownFlags(flags, report);
  reportUnknownVariables(env, report);
  const path = ownMember(flags, 'config') ?? variable(env, CONFIG_VARIABLE);
  const file = typeof path === 'string' ? readMembers(path, readFile, report) : {};
  const inputs: Inputs = { flags, env, file, fileSource: `file ${path}` };

  const sources = new Map<string, string>();
  const values = checkSettings(inputs, sources, report);
  const tls = tlsOf(values, sources, report);
  const fileApps = checkApps(ownMember(file, 'apps') ?? [], 'apps', report);
  const environmentApp = appOfEnvironment(env, report);
  const apps = environmentApp === null ? fileApps : [...fileApps, environmentApp];
  reportDuplicates(apps, report);
  reportWebhookUrls(apps, values.webhookAllowedHosts, report);
  if (faults.length > 0) return { faults };

  noteAppSources(inputs, environmentApp === null ? null : fileApps.length, sources);
  const { 'tls.cert': _cert, 'tls.key': _key, 'tls.port': _port, ...rest } = values;
  return { config: deepFreeze({ ...rest, tls, apps: apps.map(({ settings }) => settings) }), sources };
}

function reportUnknownFlags(flags: ConfigInput['flags'], report: Report): void {
  const known = CONFIG_FLAGS.map((name) => `--${name}`);
  for (const name of Object.keys(flags)) {
    if (!CONFIG_FLAGS.includes(name)) report(`--${name}`, `is unknown${didYouMean(`--${name}`, known)}`);
  }
}

function checkSettings(inputs: Inputs, sources: Map<string, string>, report: Report): SettingValues {
  const values = SETTING_NAMES.map((name) => {
    const setting: Setting<unknown> = SETTINGS[name];
    const given = givenValue(name, setting, inputs);
    if (given === null) return [name, setting.default];
    sources.set(name, given.source);
    const value = setting.check(given.value, given.path, report);
    // After a fault the default stands in, so that the rest can be checked as well.
    return [name, value === undefined ? setting.default : value];
  });
  // Each value comes from the check or the default of its own row, which is what SettingValues says.
  return Object.fromEntries(values) as SettingValues;
}

interface Given {
  readonly value: unknown;
  /** What a fault is called by. */
  readonly path: string;
  readonly source: string;
}

function givenValue(name: SettingName, setting: Setting<unknown>, inputs: Inputs): Given | null {
  const { flags, env, file, fileSource } = inputs;
  const flag = `--${flagOf(name)}`;
  const flagText = ownMember(flags, flagOf(name));
  if (typeof flagText === 'string') return { value: setting.fromText(flagText), path: flag, source: `flag ${flag}` };
  const variableName = variableOf(name);
  const variableText = variable(env, variableName);
  if (variableText !== null) {
    return { value: setting.fromText(variableText), path: variableName, source: `env ${variableName}` };
  }
  const value = fileMember(file, name);
  return value === undefined ? null : { value, path: name, source: fileSource };
}

function tlsOf(values: SettingValues, sources: Sources, report: Report): TlsSettings | null {
  const { 'tls.cert': cert, 'tls.key': key, 'tls.port': port } = values;
  if (cert === null && key === null && port === null) return null;
  for (const name of ['tls.cert', 'tls.key'] as const) {
    // One that was given and is still null has had its fault told.
    if (values[name] === null && !sources.has(name)) report(name, 'is missing; TLS needs a certificate and its key');
  }
  if (port !== null && port !== 0 && port === values.port) {
    report('tls.port', 'is the plain port as well; leave it out, and the one port speaks TLS');
  }
  return cert === null || key === null ? null : { cert, key, port };
}

/** @param environmentIndex the place of the environment's app in the list; null when there is none. */
function noteAppSources(
  { env, file, fileSource }: Inputs,
  environmentIndex: number | null,
  sources: Map<string, string>,
): void {
  const listed = ownMember(file, 'apps');
  for (const [path] of listed === undefined ? [] : leavesOf(listed, 'apps')) {
    sources.set(path.replace(/^(apps\[\d+\])\.(key|secret)$/, '$1.keys[0].$2'), fileSource);
  }
  if (environmentIndex === null) return;
  const members = ['id', 'keys[0].key', 'keys[0].secret'];
  for (const [index, name] of APP_VARIABLES.entries()) {
    sources.set(`apps[${environmentIndex}].${members[index]}`, `env ${name}`);
  }
  if (variable(env, APP_CLIENT_EVENTS_VARIABLE) === null) return;
  sources.set(`apps[${environmentIndex}].clientEvents`, `env ${APP_CLIENT_EVENTS_VARIABLE}`);
}
