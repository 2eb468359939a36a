// All that is known of one channel, for people who look into it.
import type { App } from '../core/app.ts';
import { channelKind } from '../protocol/channel-name.ts';
import type { ChannelName } from '../protocol/ids.ts';
import type { Member } from '../protocol/server-message.ts';
import type { Engine } from './engine.ts';
import type { CachedEvent, ChannelCount } from './ports.ts';

export interface LookedInto extends ChannelCount {
  readonly cached: CachedEvent | null;
  readonly members: readonly Member[];
}

export async function lookInto(engine: Engine, app: App, channel: ChannelName): Promise<LookedInto> {
  const { ledger } = engine.cluster;
  const kind = channelKind(channel);
  const [count, cached, members] = await Promise.all([
    ledger.count(app.id, channel),
    kind.cache ? ledger.recall(app.id, channel) : null,
    kind.presence ? ledger.roster(app.id, channel) : [],
  ]);
  return { ...count, cached, members };
}
