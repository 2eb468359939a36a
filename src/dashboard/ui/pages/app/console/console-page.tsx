// The debug console: what happens in the app, as it happens.
import { Pause, Play, Trash2 } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { useLiveFeed } from '../../../api/live-feed.ts';
import { plural, shownNumber } from '../../../format.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Empty } from '../../../parts/empty.tsx';
import { FeedBanner } from '../../../parts/feed-banner.tsx';
import { FeedLight } from '../../../parts/feed-light.tsx';
import { Page } from '../../../parts/page.tsx';
import { useAppScope } from '../app-scope.ts';
import { type ConsoleLog, logOf } from './console-log.ts';
import { Filters } from './filters.tsx';
import { Inspector } from './inspector.tsx';
import { NO_FILTER } from './matching.ts';
import { Rows } from './rows.tsx';

export function ConsolePage() {
  const { app } = useAppScope();
  const [log] = useState(() => logOf(app.id));
  const [filter, setFilter] = useState(NO_FILTER);
  const [inspected, setInspected] = useState<string | null>(null);
  const feed = useLiveFeed(app.id, {
    onEntries: (entries) => log.add(entries),
    onDropped: (count) => log.drop(count),
  });
  const isPaused = log.isPaused.value;
  const shown = log.matching(filter);
  const entry = inspected === null ? undefined : log.find(inspected);
  return (
    <Page
      wide
      title="Debug console"
      about="Connections, subscriptions, refusals, publishes, requests and webhooks of this app, over all nodes."
      actions={
        <>
          <FeedLight state={feed} />
          <Button onClick={() => log.pause(!isPaused)} pressed={isPaused}>
            {isPaused ? <Play size={15} aria-hidden="true" /> : <Pause size={15} aria-hidden="true" />}
            {isPaused ? `Resume (${shownNumber(log.heldBack.value)} held back)` : 'Pause'}
          </Button>
          <Button onClick={() => log.clear()}>
            <Trash2 size={15} aria-hidden="true" /> Clear
          </Button>
        </>
      }
    >
      <FeedBanner state={feed} />
      <Filters filter={filter} onChange={setFilter} />
      <div class={entry ? 'console inspecting' : 'console'}>
        <Card flush title={<Count log={log} shown={shown.length} />}>
          {shown.length === 0 ? (
            <Nothing app={app.id} hasEntries={log.size > 0} />
          ) : (
            <Rows entries={shown} inspected={inspected} onInspect={setInspected} />
          )}
        </Card>
        {entry && <Inspector app={app.id} entry={entry} onClose={() => setInspected(null)} />}
      </div>
    </Page>
  );
}

function Count({ log, shown }: { readonly log: ConsoleLog; readonly shown: number }) {
  const dropped = log.dropped.value;
  return (
    <span class="number">
      {shown === log.size
        ? plural(shown, 'entry', 'entries')
        : `${shownNumber(shown)} of ${shownNumber(log.size)} entries`}
      {dropped > 0 && <span class="quiet">, {shownNumber(dropped)} left out, since they came too fast</span>}
    </span>
  );
}

interface NothingProps {
  readonly app: string;
  readonly hasEntries: boolean;
}

function Nothing({ app, hasEntries }: NothingProps) {
  if (hasEntries) return <Empty title="Nothing matches the filters">Change them above, or wait.</Empty>;
  return (
    <Empty
      title="Waiting for something to happen"
      command={`npx vask trigger ${app} my-channel my-event '{"hello":"world"}'`}
    >
      Connect a client, or publish an event with this command or the page Event creator; it shows up here at once. What
      has happened before this page was opened is not kept.
    </Empty>
  );
}
