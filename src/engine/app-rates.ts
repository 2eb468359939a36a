// How many connections apps have, and how much flows through them on this node: for lists of apps.
import type { App } from '../core/app.ts';
import type { Rate } from '../core/rates.ts';
import type { UsageSums } from '../core/usage.ts';
import type { AppId } from '../protocol/ids.ts';
import type { Engine } from './engine.ts';

export interface AppRate extends Rate {
  /** On all nodes, as far as this node knows. */
  readonly connections: number;
}

const LOOK_MS = 1_000;
/** Nobody who looks at a list waits so long before asking again. */
const ASKED_LOOKS = 30;

export function appRates(engine: Engine, apps: readonly App[]): ReadonlyMap<AppId, AppRate> {
  keepLooking(engine);
  return new Map(
    apps.map(({ id }) => {
      const space = engine.spaces.get(id);
      const connections = (space?.connections.size ?? 0) + (space?.connectionsElsewhere ?? 0);
      return [id, { connections, ...engine.feeds.rates.of(id) }];
    }),
  );
}

/** From now on the counters are looked at, until nobody has asked for a while. */
function keepLooking(engine: Engine): void {
  const { rates } = engine.feeds;
  const isLooking = rates.looksLeft > 0;
  rates.looksLeft = ASKED_LOOKS;
  if (isLooking) return;
  rates.look(usageOf(engine));
  const end = engine.clock.every(LOOK_MS, () => {
    rates.looksLeft--;
    if (rates.looksLeft > 0) return rates.look(usageOf(engine));
    rates.forget();
    end();
  });
}

function* usageOf({ spaces }: Engine): Iterable<readonly [AppId, UsageSums]> {
  for (const [app, { usage }] of spaces) yield [app, usage];
}
