// The key that seals secrets: given, or made at the first start and kept in the data directory. A text that was sealed
// with it stands in the database and tells at the start whether the key is the right one.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstRow, insert, type Queries, StorageError } from './database.ts';
import { textIn } from './rows.ts';
import { KEY_BYTES, type Seal, sealWith } from './seal.ts';

const FILE_NAME = 'secret.key';
const CANARY = 'sealed-canary';
const CANARY_TEXT = 'vask';

export interface KeyPlace {
  readonly dataDirectory: string;
  /** Base64 of 32 bytes; null when the key is in the directory. */
  readonly secretKey: string | null;
}

/** The seal of this database. To be called alone, so that of several nodes one makes the key. */
export async function sealOf(queries: Queries, place: KeyPlace): Promise<Seal> {
  const canary = await firstRow(queries, 'select value from facts where name = $1', CANARY);
  const path = join(place.dataDirectory, FILE_NAME);
  const origin = place.secretKey === null ? path : 'secretKey (VASK_SECRET_KEY)';
  const key = place.secretKey === null ? await keptKey(path) : decodeKey(place.secretKey, origin);
  if (canary === null) return firstSeal(queries, key ?? (await makeKey(place.dataDirectory, path)));
  if (key === null) {
    throw new StorageError(
      `the key that seals the secrets in the database is missing: ${path} does not exist. Put the file back from a ` +
        'backup or from the other node, or give the key as VASK_SECRET_KEY; without it, the secrets are lost',
    );
  }
  const seal = sealWith(key);
  if (fits(seal, textIn(canary, 'value'))) return seal;
  throw new StorageError(
    `the secrets in the database were sealed with another key than that of ${origin}. Give the key that the server was ` +
      'started with before: the same VASK_SECRET_KEY or secret.key, on every node',
  );
}

async function firstSeal(queries: Queries, key: Uint8Array): Promise<Seal> {
  const seal = sealWith(key);
  await insert(queries, 'facts', { name: CANARY, value: seal.close(CANARY_TEXT, CANARY) });
  return seal;
}

function fits(seal: Seal, canary: string): boolean {
  try {
    return seal.open(canary, CANARY) === CANARY_TEXT;
  } catch {
    return false;
  }
}

async function keptKey(path: string): Promise<Uint8Array | null> {
  try {
    return decodeKey(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function makeKey(directory: string, path: string): Promise<Uint8Array> {
  const key = randomBytes(KEY_BYTES);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // Never over one that is there: it may be what opens a database.
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${key.toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return key;
}

function decodeKey(text: string, origin: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES && key.toString('base64') === text.trim()) return key;
  throw new StorageError(`${origin} is not a key: base64 of ${KEY_BYTES} bytes, as "openssl rand -base64 32" makes it`);
}
