// The servers that are compared: this checkout's Vask, the bare engine, and on request the Vask of another checkout.
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { credentials } from './credentials.ts';
import type { Subject } from './measure.ts';
import type { Options } from './options.ts';
import { startServer } from './server-process.ts';

type Target = { name: string; command: (port: number) => string[] };

/** The first is the subject; its figures are divided by those of each of the others. */
export type Comparison = readonly [subject: Subject, ...others: Subject[]];

const checkout = resolve(import.meta.dir, '..');

/** The configuration of a server with the one app. */
export function writeConfig(directory: string): string {
  const file = join(directory, 'vask.json');
  const { appId, key, secret } = credentials;
  writeFileSync(file, JSON.stringify({ host: '127.0.0.1', apps: [{ id: appId, key, secret, clientEvents: true }] }));
  return file;
}

/** A server in one process. */
export function subject({ name, command }: Target): Subject {
  return {
    name,
    async start({ cores, directory }) {
      const logFile = join(directory, `${name}.log`);
      const { pid, port, stop } = await startServer({ command, core: cores?.server, directory, logFile });
      return { ports: [port], pids: [pid], stop };
    },
  };
}

// All run under the Bun that runs this file, so that two checkouts differ in nothing but their source.
function vaskTarget(name: string, directory: string, configFile: string, ...flags: readonly string[]): Subject {
  const main = join(directory, 'src', 'cli', 'main.ts');
  if (!existsSync(main)) throw new Error(`There is no Vask in ${directory}: src/cli/main.ts is missing.`);
  return subject({
    name,
    command: (port) => [process.execPath, main, 'serve', '--config', configFile, '--port', String(port), ...flags],
  });
}

/** What one connection of the generator says in a second is what thousands of clients would. */
const NO_BOUND = ['--client-message-rate', '0'];

function bareTarget(name: string): Subject {
  return subject({
    name,
    command: (port) => [process.execPath, join(import.meta.dir, 'bare-server.ts'), '--port', String(port)],
  });
}

export function chooseTargets(options: Options, directory: string): Comparison {
  if (options.selfCheck) return [bareTarget('bare again'), bareTarget('bare')];
  const configFile = writeConfig(directory);
  const targets = [vaskTarget('vask', checkout, configFile, ...NO_BOUND), bareTarget('bare')] as const;
  if (options.against === undefined) return targets;
  return [...targets, vaskTarget('against', options.against, configFile)];
}
