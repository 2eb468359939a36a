// SIGHUP: the configuration is read again. What is wrong with it is told, and all stays as it was.
import type { Config } from '../config/schema.ts';
import type { Store } from '../storage/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import { configuration, type Flags } from './configuration.ts';
import { messageOf } from './failure.ts';
import { withApp } from './serve-parts.ts';

export class HangUps {
  #obey: (() => void) | null = null;
  #isWaiting = false;

  /** From now on the signal no longer ends the process. One that comes before there is a server waits for it. */
  constructor() {
    process.on('SIGHUP', () => {
      if (this.#obey === null) this.#isWaiting = true;
      else this.#obey();
    });
  }

  /** @param reload takes up what the configuration has become. */
  reloadBy(logger: Logger, store: Store, flags: Flags, reload: (config: Config) => void): void {
    const read = async (): Promise<void> => {
      try {
        reload((await withApp(configuration(flags), store)).config);
      } catch (error) {
        logger.log('error', 'reloadFailed', { error: messageOf(error) });
      }
    };
    // One after another: what was read later counts.
    let last = Promise.resolve();
    this.#obey = () => {
      last = last.then(read);
    };
    if (this.#isWaiting) this.#obey();
  }
}
