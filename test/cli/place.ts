// A directory with a database in it, in which one command runs after the other.
import { expect } from 'bun:test';
import { join } from 'node:path';
import { openStore } from '../../src/storage/open-store.ts';
import { emptyDirectory, type VaskOptions, vask } from './vask.ts';

export type Plain = Readonly<Record<string, unknown>>;

/** Runs one command after the other in the same directory. */
export class Place implements Disposable {
  readonly #directory = emptyDirectory();
  readonly env: Record<string, string> = {};

  get path(): string {
    return this.#directory.path;
  }

  async run(line: string, ...more: readonly string[]) {
    const options: VaskOptions = { directory: this.path, env: this.env };
    return await vask([...line.split(' '), ...more], options);
  }

  async json(line: string, ...more: readonly string[]): Promise<Plain> {
    const { code, out, err } = await this.run(line, ...more, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as Plain;
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]();
  }
}

export const storeOf = (place: Place) =>
  openStore({ url: null, dataDirectory: join(place.path, 'vask-data'), secretKey: null });

/** Without a password that fits: making a hash would be most of the time. */
export async function placeWithAdmin(): Promise<Place> {
  const place = new Place();
  const store = await storeOf(place);
  const quotas = { connections: 0, broadcastsPerMonth: 0 };
  const fields = {
    id: 'ann',
    email: 'ann@example.com',
    passwordHash: '-',
    role: 'admin',
    enabled: true,
    quotas,
  } as const;
  await store.accounts.create(fields, 1);
  await store.close();
  return place;
}
