// Where an importer reads: a file of the other server, or the environment.
import { readFileSync } from 'node:fs';
import { parseFile } from '../../config/parse-file.ts';
import { Failure, messageOf, UsageError } from '../failure.ts';
import { parseDotenv } from './dotenv.ts';
import type { Imported, Variables } from './draft.ts';
import { importPusher } from './pusher.ts';
import { importReverb, importReverbVariables } from './reverb.ts';
import { importSockudo, importSockudoVariables } from './sockudo.ts';
import { importSoketi, importSoketiVariables } from './soketi.ts';

interface Source {
  readonly ofFile: (values: unknown) => Imported;
  readonly ofVariables: (variables: Variables) => Imported;
}

const SOURCES: ReadonlyMap<string, Source> = new Map([
  ['pusher', { ofFile: (values) => importPusher(variablesIn(values)), ofVariables: importPusher }],
  ['soketi', { ofFile: importSoketi, ofVariables: importSoketiVariables }],
  ['reverb', { ofFile: importReverb, ofVariables: importReverbVariables }],
  ['sockudo', { ofFile: importSockudo, ofVariables: importSockudoVariables }],
] satisfies readonly (readonly [string, Source])[]);

/** What people may give for a pair of credentials that they have in hand. */
export interface GivenCredentials {
  readonly id: string;
  readonly key: string;
  readonly secret: string;
}

/** @param file null reads the environment. */
export function readSource(name: string, file: string | null, env: Variables): Imported {
  const source = SOURCES.get(name);
  if (source === undefined) throw new UsageError(`Say where from: ${[...SOURCES.keys()].join(', ')}.`);
  if (file === null) return source.ofVariables(env);
  const content = readContent(file);
  if (!/\.(jsonc?|ya?ml|toml)$/i.test(file)) return source.ofVariables(parseDotenv(content));
  const parsed = parseFile(file, content);
  if ('fault' in parsed) throw new Failure(parsed.fault);
  return source.ofFile(parsed.value);
}

export function readCredentials({ id, key, secret }: GivenCredentials): Imported {
  return importPusher({ PUSHER_APP_ID: id, PUSHER_APP_KEY: key, PUSHER_APP_SECRET: secret });
}

function readContent(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${messageOf(error)}`);
  }
}

/** A JSON file with the names of an environment. */
function variablesIn(values: unknown): Variables {
  if (typeof values !== 'object' || values === null) return {};
  const single = Object.entries(values).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return Object.fromEntries(single.map(([name, value]) => [name, String(value)]));
}
