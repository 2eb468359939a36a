// The apps of a configuration: how settings are made of one, and the rules that hold between several.
import type { AppSettings, KeyPair } from '../core/app.ts';
import type { AppId } from '../protocol/ids.ts';
import { APP_MEMBERS } from './app-members.ts';
import { type Check, isPlain, memberPath, ownMember, type Report } from './check.ts';
import { type MadeOf, objectOf } from './members.ts';

/** An app, and where the configuration tells of it. */
export interface PlacedApp {
  readonly settings: AppSettings;
  readonly path: string;
  readonly idPath: string;
  /** One for each key pair. */
  readonly keyPaths: readonly string[];
}

const appObject = objectOf(APP_MEMBERS);

/** One app as the file has it. */
export const appCheck: Check<AppSettings> = (value, path, report) => {
  const areKeysRight = checkKeyForms(value, path, report);
  const made = appObject(value, path, report);
  if (!areKeysRight || made === undefined) return undefined;
  const { id, key: _key, secret: _secret, keys: _keys, name, ...rest } = made;
  // The check has found nothing but letters, digits, - and _.
  return { id: id as AppId, name: name ?? id, keys: keyPairsOf(made), ...rest };
};

function keyPairsOf({ key, secret, keys }: MadeOf<typeof APP_MEMBERS>): readonly KeyPair[] {
  if (keys !== null) return keys;
  return key === null || secret === null ? [] : [{ key, secret }];
}

// `key` and `secret`, or `keys`: looked at before the checks of the members, so that a fault in one does not hide this.
function checkKeyForms(value: unknown, path: string, report: Report): boolean {
  if (!isPlain(value)) return true;
  const isGiven = (name: string) => ownMember(value, name) !== undefined;
  if (isGiven('keys')) {
    if (!isGiven('key') && !isGiven('secret')) return true;
    report(memberPath(path, 'keys'), 'stands beside `key` or `secret`; give one or the other');
    return false;
  }
  for (const name of ['key', 'secret']) if (!isGiven(name)) report(memberPath(path, name), 'is missing');
  return isGiven('key') && isGiven('secret');
}

/** The list of apps, each with its place. Apps with faults are left out. */
export function checkApps(value: unknown, path: string, report: Report): readonly PlacedApp[] {
  if (!Array.isArray(value)) {
    report(path, 'must be a list of apps: [{"id": …, "key": …, "secret": …}]');
    return [];
  }
  return value.flatMap((item, index) => {
    const itemPath = `${path}[${index}]`;
    const settings = appCheck(item, itemPath, report);
    if (settings === undefined) return [];
    const isPair = isPlain(item) && ownMember(item, 'keys') === undefined;
    const keyPaths = settings.keys.map((_, at) => (isPair ? `${itemPath}.key` : `${itemPath}.keys[${at}].key`));
    return [{ settings, path: itemPath, idPath: `${itemPath}.id`, keyPaths }];
  });
}

/** An app is found by its id and by each of its keys, so none of these may stand for two things. */
export function reportDuplicates(apps: readonly PlacedApp[], report: Report): void {
  const ids = new Map<string, PlacedApp>();
  const keys = new Map<string, { readonly app: PlacedApp; readonly path: string }>();
  for (const app of apps) {
    const sameId = ids.get(app.settings.id);
    if (sameId === undefined) ids.set(app.settings.id, app);
    else report(app.idPath, `is the same as ${sameId.idPath}`);
    for (const [index, { key }] of app.settings.keys.entries()) {
      const path = app.keyPaths[index] ?? app.path;
      const same = keys.get(key);
      if (same === undefined) keys.set(key, { app, path });
      else report(path, `is the same as ${same.path}`);
    }
  }
  for (const [id, app] of ids) {
    const key = keys.get(id);
    // An app whose own key equals its id is found either way.
    if (key !== undefined && key.app !== app) report(app.idPath, `is the same as ${key.path}`);
  }
}
