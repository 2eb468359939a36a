// Where a server puts the socket for its own processes.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface SocketPlace {
  readonly path: string;
  /** Takes away what was made for the socket alone. */
  remove(): void;
}

/** The path of a socket has to fit into some hundred bytes. */
const LONGEST_PATH = 100;
const SOCKET_NAME = /^workers-\d+\.sock$/;

/** A name that no other server uses: in the data directory, unless its path is too long or it cannot be written. */
export async function socketPlace(dataDirectory: string): Promise<SocketPlace> {
  const name = `workers-${process.pid}.sock`;
  const path = join(resolve(dataDirectory), name);
  if (Buffer.byteLength(path) <= LONGEST_PATH && (await isPrepared(dataDirectory))) {
    return { path, remove: () => rmSync(path, { force: true }) };
  }
  const directory = mkdtempSync(join(tmpdir(), 'vask-'));
  return { path: join(directory, name), remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Takes away the sockets of servers that were killed. */
async function isPrepared(directory: string): Promise<boolean> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const sockets = readdirSync(directory).filter((file) => SOCKET_NAME.test(file));
    for (const path of sockets.map((file) => join(directory, file))) {
      if (!(await isOpen(path))) rmSync(path, { force: true });
    }
    rmSync(mkdtempSync(join(directory, 'workers-')), { recursive: true });
    return true;
  } catch {
    // It may be read-only where everything is kept elsewhere.
    return false;
  }
}

async function isOpen(path: string): Promise<boolean> {
  try {
    const socket = await Bun.connect({ unix: path, socket: { data: () => undefined } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
