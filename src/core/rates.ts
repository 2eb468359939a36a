// How much flows through apps each second, over the last few seconds. Looked at once a second while somebody asks.
import type { AppId } from '../protocol/ids.ts';
import type { UsageSums } from './usage.ts';

export interface Rate {
  readonly publishesPerSecond: number;
  readonly messagesPerSecond: number;
}

interface Totals {
  readonly publishes: number;
  readonly messages: number;
}

/** The rate is that of so many seconds. */
const SECONDS = 5;

export class Rates {
  /** So many looks are still wanted; 0 when nobody has asked for a while. */
  looksLeft = 0;
  #looks: ReadonlyMap<AppId, Totals>[] = [];

  /** Looks at what the counters say; to be called once a second. */
  look(usage: Iterable<readonly [AppId, UsageSums]>): void {
    const totals = new Map<AppId, Totals>();
    for (const [app, { broadcasts, messagesIn, messagesOut }] of usage) {
      totals.set(app, { publishes: broadcasts, messages: messagesIn + messagesOut });
    }
    this.#looks.push(totals);
    if (this.#looks.length > SECONDS + 1) this.#looks.shift();
  }

  forget(): void {
    this.#looks = [];
  }

  /** In tenths. Zero before there has been a second to look at. */
  of(app: AppId): Rate {
    const last = this.#looks.at(-1)?.get(app);
    if (last === undefined) return { publishesPerSecond: 0, messagesPerSecond: 0 };
    // An app that is new since the first look has counted from zero.
    const first = this.#looks[0]?.get(app) ?? { publishes: 0, messages: 0 };
    const seconds = Math.max(1, this.#looks.length - 1);
    const rate = (count: number): number => Math.max(0, Math.round((count / seconds) * 10) / 10);
    return {
      publishesPerSecond: rate(last.publishes - first.publishes),
      messagesPerSecond: rate(last.messages - first.messages),
    };
  }
}
