// Two lights: a client has connected, an event was published. They turn green while one looks.
import { CircleCheck, CircleDashed } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { useLiveFeed } from '../../../api/live-feed.ts';
import type { Entry, LiveApps } from '../../../api/live-types.ts';
import { useResource } from '../../../api/resource.ts';
import { FeedBanner } from '../../../parts/feed-banner.tsx';
import { Link } from '../../../parts/link.tsx';
import { placeOf } from '../../../places.ts';

const CONNECTED = new Set<Entry['type']>(['connected', 'subscribed']);
const PUBLISHED = new Set<Entry['type']>(['published', 'client-event']);

export function Lights({ app }: { readonly app: string }) {
  const live = useResource<LiveApps>('/live');
  const [hasConnected, setConnected] = useState(false);
  const [hasPublished, setPublished] = useState(false);
  const feed = useLiveFeed(app, {
    onEntries(entries) {
      if (entries.some(({ type }) => CONNECTED.has(type))) setConnected(true);
      if (entries.some(({ type }) => PUBLISHED.has(type))) setPublished(true);
    },
    onSample({ connections, publishes }) {
      if (connections > 0) setConnected(true);
      if (publishes > 0) setPublished(true);
    },
  });
  const isThere = (live.value?.apps[app]?.connections ?? 0) > 0;
  return (
    <>
      <FeedBanner state={feed} />
      <div class="steps">
        <Light
          isDone={hasConnected || isThere}
          done="A client is connected"
          waiting="Waiting for a client to connect"
        />
        <Light isDone={hasPublished} done="An event was published" waiting="Waiting for an event to be published">
          <Link to={placeOf(app, 'console')}>See it in the debug console</Link>
        </Light>
      </div>
    </>
  );
}

interface LightProps {
  readonly isDone: boolean;
  readonly done: string;
  readonly waiting: string;
  readonly children?: preact.ComponentChildren;
}

function Light({ isDone, done, waiting, children }: LightProps) {
  const Icon = isDone ? CircleCheck : CircleDashed;
  return (
    <div class={isDone ? 'step done' : 'step'} role="status">
      <Icon size={22} aria-hidden="true" />
      <div>
        <strong>{isDone ? done : waiting}</strong>
        {children !== undefined && <div class="hint">{children}</div>}
      </div>
    </div>
  );
}
