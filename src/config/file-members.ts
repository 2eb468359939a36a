// The members of the configuration file: read, parsed, and none of them unknown.
import { isPlain, kindOf, ownMember, type Report } from './check.ts';
import { reportUnknown } from './members.ts';
import { parseFile } from './parse-file.ts';
import { SETTING_NAMES } from './schema.ts';

export type FileMembers = Readonly<Record<string, unknown>>;

/** @param readFile gives the text of the file; throws when it cannot be read. */
export function readMembers(path: string, readFile: (path: string) => string, report: Report): FileMembers {
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    report(
      path === '' ? '--config' : path,
      `cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
    return {};
  }
  const parsed = parseFile(path, content);
  if ('fault' in parsed) {
    report('', parsed.fault);
    return {};
  }
  if (!isPlain(parsed.value)) {
    report(path, `must hold an object, but holds ${kindOf(parsed.value)}`);
    return {};
  }
  reportUnknownMembers(parsed.value, report);
  return parsed.value;
}

const TOP_NAMES = [...SETTING_NAMES.filter((name) => !name.startsWith('tls.')), 'tls', 'apps'];
const TLS_NAMES = SETTING_NAMES.filter((name) => name.startsWith('tls.')).map((name) => name.slice('tls.'.length));

function reportUnknownMembers(file: FileMembers, report: Report): void {
  reportUnknown(file, TOP_NAMES, '', report);
  const tls = ownMember(file, 'tls');
  if (isPlain(tls)) reportUnknown(tls, TLS_NAMES, 'tls', report);
  // Null is how `vask check-config --json` prints that there is none.
  else if (tls !== undefined && tls !== null) report('tls', `must be an object, but is ${kindOf(tls)}`);
}

/** The value of a setting such as `port` or `tls.cert`; undefined when the file does not have it. */
export function fileMember(file: FileMembers, name: string): unknown {
  const [outer = '', inner] = name.split('.');
  const value = ownMember(file, outer);
  if (inner === undefined) return value;
  return isPlain(value) ? ownMember(value, inner) : undefined;
}
