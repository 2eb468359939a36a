// What the environment says of the configuration: settings by their VASK_… names, one app, and nothing unknown.
import type { AppSettings } from '../core/app.ts';
import { appCheck, type PlacedApp } from './apps.ts';
import type { Report } from './check.ts';
import { didYouMean } from './near-miss.ts';
import { SETTING_NAMES, variableOf } from './schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const CONFIG_VARIABLE = 'VASK_CONFIG';
export const APP_VARIABLES = ['VASK_APP_ID', 'VASK_APP_KEY', 'VASK_APP_SECRET'] as const;
/** Whether the clients of that app may publish. */
export const APP_CLIENT_EVENTS_VARIABLE = 'VASK_APP_CLIENT_EVENTS';

/** Where the commands find a running server; the server itself has no use for it, and it may be set all the same. */
export const URL_VARIABLE = 'VASK_URL';
/** What they show to it. */
export const TOKEN_VARIABLE = 'VASK_TOKEN';

const KNOWN: readonly string[] = [
  CONFIG_VARIABLE,
  URL_VARIABLE,
  TOKEN_VARIABLE,
  ...SETTING_NAMES.map(variableOf),
  ...APP_VARIABLES,
  APP_CLIENT_EVENTS_VARIABLE,
];

/** What Kubernetes sets in every pod beside a service of the name `vask`: VASK_PORT=tcp://10.0.0.1:6001 and others. */
const SERVICE_LINK = /^VASK_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/;
const SERVICE_LINK_PORT = /^(tcp|udp|sctp):\/\//;

/** The variable's text; null when it is not set. Compose files set variables to nothing in order not to set them. */
export function variable(env: Environment, name: string): string | null {
  const text = env[name];
  if (text === undefined || text === '') return null;
  return name === variableOf('port') && SERVICE_LINK_PORT.test(text) ? null : text;
}

/** Reports every VASK_… variable that nobody reads: it is a slip, and would otherwise look as if it worked. */
export function reportUnknownVariables(env: Environment, report: Report): void {
  for (const name of Object.keys(env)) {
    if (!/^VASK_/i.test(name) || KNOWN.includes(name) || SERVICE_LINK.test(name)) continue;
    report(name, `is unknown${didYouMean(name, KNOWN)}`);
  }
}

/** The app that the three variables describe, if they do. */
export function appOfEnvironment(env: Environment, report: Report): PlacedApp | null {
  const given = APP_VARIABLES.map((name) => variable(env, name));
  const clientEvents = variable(env, APP_CLIENT_EVENTS_VARIABLE);
  if (given.every((text) => text === null)) {
    if (clientEvents !== null) report(APP_CLIENT_EVENTS_VARIABLE, `needs ${APP_VARIABLES.join(', ')} as well`);
    return null;
  }
  const missing = APP_VARIABLES.filter((_, index) => given[index] === null);
  for (const name of missing) report(name, `is missing; ${APP_VARIABLES.join(', ')} go together`);
  if (missing.length > 0) return null;
  const [id, key, secret] = given;
  const app = { id, key, secret, ...(clientEvents === null ? {} : { clientEvents: yesOrNoOf(clientEvents) }) };
  const settings: AppSettings | undefined = appCheck(app, '', (path, text) => {
    report(path === 'clientEvents' ? APP_CLIENT_EVENTS_VARIABLE : `VASK_APP_${path.toUpperCase()}`, text);
  });
  if (settings === undefined) return null;
  return { settings, path: 'VASK_APP', idPath: 'VASK_APP_ID', keyPaths: ['VASK_APP_KEY'] };
}

/** What the text says, or the text itself for the check to refuse. */
function yesOrNoOf(text: string): boolean | string {
  return text === 'true' || (text === 'false' ? false : text);
}
