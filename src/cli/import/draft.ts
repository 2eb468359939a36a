// An app as an importer makes it out of the values of another server, and the tale of what was taken and what was not.
import { isPlain, ownMember } from '../../config/check.ts';
import { setOwn } from './own.ts';

/** Members of an app by their path in a configuration file: `clientEvents`, `limits.connections`. */
export type Draft = Map<string, unknown>;

/** What an importer found: the apps as a configuration file would have them, and what people should know. */
export interface Imported {
  readonly apps: readonly unknown[];
  readonly taken: readonly string[];
  readonly left: readonly string[];
}

/** What becomes of one value: a member here, or a reason why there is none; null when there is nothing to say. */
export type Fate =
  | { readonly member: string; readonly value: unknown; readonly note?: string }
  | { readonly left: string }
  | null;

/** @param path where the value stands in the other server's configuration. */
export type Take = (value: unknown, path: string, tale: Tale) => Fate;
export type Takes = Readonly<Record<string, Take>>;

/** Whatever is in one of these must not appear on a screen. */
const HIDDEN: readonly string[] = ['key', 'secret', 'webhooks'];

export class Tale {
  readonly taken: string[] = [];
  readonly left: string[] = [];

  took(path: string, member: string, value: unknown, note?: string): void {
    const shown = HIDDEN.includes(member) ? '' : ` = ${JSON.stringify(value)}`;
    this.taken.push(`${path}: ${member}${shown}${note === undefined ? '' : ` (${note})`}`);
  }

  leave(path: string, why: string): void {
    this.left.push(`${path}: ${why}`);
  }
}

/** Puts what the table knows into the draft; everything else is told to be left. */
export function fill(
  draft: Draft,
  values: Readonly<Record<string, unknown>>,
  takes: Takes,
  prefix: string,
  tale: Tale,
): void {
  for (const [name, value] of Object.entries(values)) {
    const path = `${prefix}${name}`;
    const take = ownMember(takes, name);
    const fate = typeof take === 'function' ? (take as Take)(value, path, tale) : UNKNOWN;
    if (fate === null) continue;
    if ('left' in fate) {
      tale.leave(path, fate.left);
      continue;
    }
    draft.set(fate.member, fate.value);
    tale.took(path, fate.member, fate.value, fate.note);
  }
}

/** One draft for each object of the list, each begun with what they have in common. */
export function draftsOf(apps: readonly unknown[], takes: Takes, common: Draft, tale: Tale): Draft[] {
  return apps.flatMap((app, index) => {
    const draft: Draft = new Map(common);
    if (isPlain(app)) fill(draft, app, takes, `apps[${index}].`, tale);
    else tale.leave(`apps[${index}]`, 'is no object');
    return isPlain(app) ? [draft] : [];
  });
}

const UNKNOWN: Fate = { left: 'has no counterpart here' };

export type Variables = Readonly<Record<string, string | undefined>>;

/** @param own the names that are the other server's; an environment is full of others. */
export function importVariables(
  variables: Variables,
  own: RegExp,
  takes: Takes,
  defaults: ReadonlyMap<string, unknown>,
  idName: string,
): Imported {
  const tale = new Tale();
  const draft: Draft = new Map(defaults);
  fill(draft, Object.fromEntries(Object.entries(variables).filter(([name]) => own.test(name))), takes, '', tale);
  const isThere = ['id', 'key', 'secret'].some((member) => draft.has(member));
  if (!isThere) tale.leave(idName, 'is not set; there is no app in this environment');
  return { apps: isThere ? [appOf(draft)] : [], taken: tale.taken, left: tale.left };
}

/** The draft as an app of a configuration file. */
export function appOf(draft: Draft): Record<string, unknown> {
  const app: Record<string, unknown> = {};
  for (const [path, value] of draft) setOwn(app, path.split('.'), value);
  return app;
}

/** Nested objects as one level with dotted names; lists stay whole. Names that have dots already say the same. */
export function flattened(values: unknown, prefix = ''): Record<string, unknown> {
  if (!isPlain(values)) return {};
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): (readonly [string, unknown])[] =>
      isPlain(value) ? Object.entries(flattened(value, `${prefix}${name}.`)) : [[`${prefix}${name}`, value]],
    ),
  );
}
