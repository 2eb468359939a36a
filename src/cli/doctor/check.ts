// What a check of `vask doctor` is, and what it may find.
import type { Config } from '../../config/schema.ts';
import type { HttpAnswer } from '../http-client.ts';
import type { Credentials } from '../target.ts';
import type { Upgrade } from './upgrade.ts';

export type Outcome =
  | { readonly status: 'ok' | 'skipped'; readonly detail: string }
  | { readonly status: 'failed'; readonly detail: string; readonly advice: string };

/** The server under examination, and what earlier checks learned of it. */
export interface Patient {
  /** Without a slash at its end. */
  readonly url: string;
  /** Null when only the network is to be looked at. */
  readonly key: string | null;
  readonly credentials: Credentials | null;
  readonly timeoutMs: number;
  health: { readonly answer: HttpAnswer; readonly sentMs: number; readonly receivedMs: number } | null;
  upgrade: Upgrade | null;
}

/** The machine on which the doctor runs, and what a server here would need. */
export interface Surroundings {
  readonly config: Config;
  readonly timeoutMs: number;
  /** What a file of the system says, or null when there is none. */
  readonly read: (path: string) => string | null;
}

export interface Check<Examined = Patient> {
  readonly name: string;
  /** When one of these has failed, this one would only say the same again. */
  readonly after: readonly string[];
  run(examined: Examined): Promise<Outcome> | Outcome;
}

export const ok = (detail: string): Outcome => ({ status: 'ok', detail });
export const skipped = (detail: string): Outcome => ({ status: 'skipped', detail });
export const failed = (detail: string, advice: string): Outcome => ({ status: 'failed', detail, advice });
