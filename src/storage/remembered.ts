// The apps of the database, all of them in memory, beside those of the configuration: look-ups on the hot path never wait
// for SQL. What has changed is read again when somebody says so, or when the revision has grown.
import { isDeepStrictEqual } from 'node:util';
import { type App, createApp } from '../core/app.ts';
import type { AppStore, Clock } from '../engine/ports.ts';
import type { AppId } from '../protocol/ids.ts';
import { type AppSource, nextRetirement, readApp, readApps, readQuotas, settingsFrom } from './app-sources.ts';
import { MOST_APPS } from './apps.ts';
import { StorageError } from './database.ts';
import type { AccountQuotas, EndpointRecord } from './records.ts';
import { type StaticAppStore, staticAppStore } from './static.ts';
import type { Changes, Store } from './store.ts';
import { turns } from './turns.ts';

/** Beyond so many changes it is less work to read everything. */
const MOST_SINGLE_READS = 50;
const POLL_MS = 1_000;
/** Noting each use at once would write more than everything else together. */
const POLLS_PER_FLUSH = 5;

export type AppChange =
  | { readonly kind: 'changed'; readonly app: App }
  | { readonly kind: 'removed'; readonly id: AppId };

export interface RememberedApps {
  readonly apps: AppStore;
  /** Apps of the database that do not count, because one of the configuration has their id or a key of theirs. */
  shadowed(): readonly AppId[];
  endpoints(id: AppId): readonly EndpointRecord[];
  /** Of an account; null when it has none. */
  quotas(ownerId: string): AccountQuotas | null;
  /** Notes that somebody has signed with the key; cheap enough for every request. */
  keyUsed(key: string): void;
  /** Reads one app again, or everything. What changed is told in the turn in which the look-ups change. */
  refresh(id?: AppId): Promise<void>;
  /** From now on these are the apps of the configuration. What changed is told before this returns. */
  fix(apps: readonly App[]): void;
  /** Reads what has changed since it was last read. */
  catchUp(): Promise<void>;
  /** Writes which keys were used. */
  flush(): Promise<void>;
  /** Looks for changes of other nodes, lets keys retire, and flushes. @param failed is told why SQL did not answer. */
  poll(clock: Clock, failed?: (error: unknown) => void): () => void;
}

/** @param now the time for the first look; `poll` brings a clock of its own. */
export async function rememberApps(
  store: Store,
  fixed: readonly App[],
  onChange: (change: AppChange) => void,
  now: () => number = Date.now,
): Promise<RememberedApps> {
  const memory = new AppMemory(store, fixed, onChange, now);
  await memory.catchUp();
  return memory;
}

class AppMemory implements RememberedApps {
  readonly apps: AppStore;
  readonly #store: Store;
  #fixed: StaticAppStore;
  readonly #onChange: (change: AppChange) => void;
  #now: () => number;
  #sources = new Map<AppId, AppSource>();
  #quotas: ReadonlyMap<string, AccountQuotas> = new Map();
  /** The apps of the database that count. */
  #known: ReadonlyMap<AppId, App> = new Map();
  #lookups: StaticAppStore;
  #revision = -1;
  #used = new Set<string>();
  #nextRetirementMs = Number.POSITIVE_INFINITY;
  /** A read that began earlier must not overwrite what a later one has found. */
  readonly #inTurn = turns();

  constructor(store: Store, fixed: readonly App[], onChange: (change: AppChange) => void, now: () => number) {
    this.#store = store;
    this.#fixed = staticAppStore(fixed);
    this.#onChange = onChange;
    this.#now = now;
    this.#lookups = this.#fixed;
    this.apps = {
      byKey: (key) => this.#lookups.byKey(key),
      byIdOrKey: (text) => this.#lookups.byIdOrKey(text),
      all: () => this.#lookups.all(),
    };
  }

  shadowed(): readonly AppId[] {
    return [...this.#sources.values()].filter((source) => this.#isShadowed(source)).map(({ record }) => record.id);
  }

  endpoints(id: AppId): readonly EndpointRecord[] {
    return this.#sources.get(id)?.endpoints ?? [];
  }

  quotas(ownerId: string): AccountQuotas | null {
    return this.#quotas.get(ownerId) ?? null;
  }

  keyUsed(key: string): void {
    this.#used.add(key);
  }

  async flush(): Promise<void> {
    if (this.#used.size === 0) return;
    const used = this.#used;
    this.#used = new Set();
    try {
      await this.#store.keys.used(new Map([...used].map((key) => [key, this.#now()])));
    } catch (error) {
      for (const key of used) this.#used.add(key);
      throw error;
    }
  }

  fix(apps: readonly App[]): void {
    const before = new Map(this.#lookups.all().map((app) => [app.id, app]));
    const same = (app: App): App => {
      const known = before.get(app.id);
      const isSame = known?.ownerId === app.ownerId && isDeepStrictEqual(known.settings, app.settings);
      return isSame ? known : app;
    };
    this.#fixed = staticAppStore(apps.map(same));
    this.#rebuild(this.#sources);
    const after = new Map(this.#lookups.all().map((app) => [app.id, app]));
    for (const [id, app] of after) if (before.get(id) !== app) this.#onChange({ kind: 'changed', app });
    for (const id of before.keys()) if (!after.has(id)) this.#onChange({ kind: 'removed', id });
  }

  refresh(id?: AppId): Promise<void> {
    return this.#inTurn(() => (id === undefined ? this.#readAll() : this.#readOne(id)));
  }

  /** Reads what has changed since it was last read: at first everything. */
  catchUp(): Promise<void> {
    return this.#inTurn(async () => {
      // Read before the rest: what changes in between is found the next time.
      const revision = await this.#store.revision();
      if (revision === this.#revision) return;
      const changes = this.#revision < 0 ? null : await this.#store.changes(this.#revision);
      if (changes === null || changes.apps.length > MOST_SINGLE_READS) await this.#readAll();
      else await this.#readChanges(changes);
      this.#revision = revision;
    });
  }

  poll(clock: Clock, failed: (error: unknown) => void = () => undefined): () => void {
    this.#now = () => clock.now();
    let polls = 0;
    let isBusy = false;
    let cancelRetirement = (): void => undefined;
    const ask = async (): Promise<void> => {
      polls += 1;
      await this.catchUp();
      if (polls % POLLS_PER_FLUSH === 0) await this.flush();
    };
    const stop = clock.every(POLL_MS, () => {
      cancelRetirement();
      cancelRetirement = this.#retireOnTime(clock);
      if (isBusy) return;
      isBusy = true;
      ask()
        .catch(failed)
        .finally(() => {
          isBusy = false;
        });
    });
    return () => {
      stop();
      cancelRetirement();
    };
  }

  /** Takes out the keys that are over, and makes sure that those which will be before the next poll go on time. */
  #retireOnTime(clock: Clock): () => void {
    const retire = (): void => this.#remember(this.#sources);
    const leftMs = this.#nextRetirementMs - clock.now();
    if (leftMs > 0 && leftMs < POLL_MS) return clock.after(leftMs, retire);
    if (leftMs <= 0) retire();
    return () => undefined;
  }

  async #readOne(id: AppId): Promise<void> {
    const source = await readApp(this.#store, id);
    const sources = new Map(this.#sources);
    if (source === null) sources.delete(id);
    else sources.set(id, source);
    this.#remember(sources);
  }

  async #readChanges({ apps, quotas }: Changes): Promise<void> {
    if (quotas) this.#quotas = await readQuotas(this.#store);
    for (const id of apps) await this.#readOne(id);
  }

  async #readAll(): Promise<void> {
    const sources = await readApps(this.#store);
    this.#quotas = await readQuotas(this.#store);
    this.#remember(new Map(sources));
  }

  #remember(sources: Map<AppId, AppSource>): void {
    if (sources.size > MOST_APPS) throw new StorageError(`the database holds more than ${MOST_APPS} apps`);
    const before = this.#known;
    this.#rebuild(sources);
    for (const [id, app] of this.#known) if (before.get(id) !== app) this.#onChange({ kind: 'changed', app });
    for (const id of before.keys()) if (!this.#known.has(id)) this.#onChange({ kind: 'removed', id });
  }

  /** Makes the look-ups anew, and tells nobody. */
  #rebuild(sources: Map<AppId, AppSource>): void {
    const before = this.#known;
    const nowMs = this.#now();
    const known = new Map<AppId, App>();
    for (const [id, source] of sources) {
      if (!this.#isShadowed(source)) known.set(id, this.#appOf(source, before.get(id), nowMs));
    }
    this.#sources = sources;
    this.#known = known;
    this.#lookups = staticAppStore([...this.#fixed.all(), ...known.values()]);
    this.#nextRetirementMs = Number.POSITIVE_INFINITY;
    for (const source of sources.values()) {
      this.#nextRetirementMs = Math.min(this.#nextRetirementMs, nextRetirement(source, nowMs));
    }
  }

  /** The same app as before if it is: making one is dear, and there may be many. */
  #appOf(source: AppSource, before: App | undefined, nowMs: number): App {
    const isUntouched = this.#sources.get(source.record.id) === source;
    if (before !== undefined && isUntouched && this.#nextRetirementMs > nowMs) return before;
    const settings = settingsFrom(source, nowMs);
    const { ownerId } = source.record;
    if (before?.ownerId === ownerId && isDeepStrictEqual(before.settings, settings)) return before;
    return createApp(settings, ownerId);
  }

  #isShadowed({ record, keys }: AppSource): boolean {
    return this.#fixed.byIdOrKey(record.id) !== null || keys.some(({ key }) => this.#fixed.byIdOrKey(key) !== null);
  }
}
