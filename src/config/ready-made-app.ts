// The app of a server that nobody has configured yet. It is kept in the data directory, so that a restart keeps its key
// and secret.

import { randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppSettings } from '../core/app.ts';
import { appCheck } from './apps.ts';
import { deepFreeze } from './freeze.ts';
import { parseFile } from './parse-file.ts';

const FILE_NAME = 'app.json';

export type ReadyMadeApp =
  | { readonly settings: AppSettings; readonly path: string; readonly isNew: boolean }
  | { readonly faults: readonly string[] };

/** Whether the directory keeps one already. */
export function isReadyMade(directory: string): boolean {
  return existsSync(join(directory, FILE_NAME));
}

/** The app of the directory; made, and kept there, when there is none. A damaged one is a fault and is left as it is. */
export async function readyMadeApp(directory: string): Promise<ReadyMadeApp> {
  const path = join(directory, FILE_NAME);
  try {
    const kept = await readKept(path);
    if (kept !== null) return checkApp(path, kept, false);
    const content = `${JSON.stringify(newApp(), null, 2)}\n`;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const isNew = await writeWhole(path, content);
    // Of two servers that start at the same moment in one directory, both use the app of the first.
    return checkApp(path, isNew ? content : ((await readKept(path)) ?? ''), isNew);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { faults: [`${path}: cannot be read or written (${reason}); set dataDirectory to a directory that can`] };
  }
}

async function readKept(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function newApp() {
  return {
    id: String(randomInt(100_000, 1_000_000)),
    key: `vask-${randomBytes(10).toString('hex')}`,
    secret: randomBytes(20).toString('hex'),
    name: 'Ready-made app',
    clientEvents: true,
    subscriptionCount: true,
  };
}

/**
 * All of it or nothing, also when the machine stops in between: half a file would look like a damaged one.
 * @returns false when the file has come to be there meanwhile, and is left as it is.
 */
async function writeWhole(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

function checkApp(path: string, content: string, isNew: boolean): ReadyMadeApp {
  const faults: string[] = [];
  const advice = 'repair the file, or remove it to have a new app made';
  const parsed = parseFile(path, content);
  if ('fault' in parsed) return { faults: [`${parsed.fault}; ${advice}`] };
  const settings = appCheck(parsed.value, '', (member, text) => {
    faults.push(`${path}: ${member === '' ? '' : `${member} `}${text}; ${advice}`);
  });
  if (settings === undefined) return { faults };
  return { settings: deepFreeze(settings), path, isNew };
}
