// A signed request that has been let in, as plain data.
import type { App } from '../core/app.ts';

export interface AppRequest {
  readonly app: App;
  /** As sent, without the configured prefix. */
  readonly path: string;
  /** Decoded parameters of the query, keys in lower case. */
  readonly query: ReadonlyMap<string, string>;
  readonly body: string;
  /** The header of that name; null without. */
  readonly idempotencyKey: string | null;
}
