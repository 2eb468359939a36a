// How an app does: what flows now, over the last minutes to the last month, and how near it is to its limits.
import { useState } from 'preact/hooks';
import { appPath } from '../../../api/client.ts';
import { useLiveFeed } from '../../../api/live-feed.ts';
import type { LiveApps, Sample } from '../../../api/live-types.ts';
import { useResource } from '../../../api/resource.ts';
import type { Usage } from '../../../api/types.ts';
import { FeedBanner } from '../../../parts/feed-banner.tsx';
import { FeedLight } from '../../../parts/feed-light.tsx';
import { Link } from '../../../parts/link.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Page } from '../../../parts/page.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { Segments } from '../../../parts/segments.tsx';
import { placeOf } from '../../../places.ts';
import { useAppScope } from '../app-scope.ts';
import { Charts } from './charts.tsx';
import { Figures } from './figures.tsx';
import { RANGES, type RangeName, seriesOfSamples, seriesOfUsage, startOfMonth, startOfRange } from './ranges.ts';
import { TopChannels } from './top-channels.tsx';

const READ_MS = 30_000;
const KEPT_SAMPLES = 300;
const OPTIONS = Object.entries(RANGES).map(([name, { title }]) => [name as RangeName, title] as const);

export function OverviewPage() {
  const { app } = useAppScope();
  const [range, setRange] = useState<RangeName>('5min');
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const feed = useLiveFeed(app.id, {
    onSample: (sample) => setSamples((before) => [...before.slice(1 - KEPT_SAMPLES), sample]),
  });
  const { span, durationMs } = RANGES[range];
  const [fromMs, setFrom] = useState(() => Date.now());
  const usage = useResource<Usage>(
    span === null ? null : `${appPath(app.id, 'usage')}?span=${span}&fromMs=${startOfRange(fromMs, span, durationMs)}`,
    READ_MS,
  );
  const choose = (name: RangeName): void => {
    setFrom(Date.now());
    setRange(name);
  };
  const live = useResource<LiveApps>('/live');
  const month = useResource<Usage>(`${appPath(app.id, 'usage')}?span=day&fromMs=${startOfMonth(fromMs)}`, READ_MS);
  const unit = span ?? 'second';
  const series =
    span === null
      ? seriesOfSamples(samples, Date.now())
      : seriesOfUsage(usage.value?.items ?? [], span, fromMs, durationMs);
  const last = samples.at(-1) ?? null;
  const isUnused = last !== null && last.connections === 0 && last.publishes === 0;
  return (
    <Page
      wide
      title={app.name}
      about="What flows through this app, over all nodes."
      actions={
        <>
          <FeedLight state={feed} />
          <Segments label="Range" options={OPTIONS} chosen={range} onChoose={choose} />
        </>
      }
    >
      <FeedBanner state={feed} />
      {usage.problem && <ProblemNotice problem={usage.problem} again={() => void usage.reload()} />}
      {isUnused && range === '5min' && (
        <Notice>
          Nobody is connected. <Link to={placeOf(app.id, 'connect')}>Connect a client in one minute</Link>: the page
          Connect has what to paste, with this app's key and address.
        </Notice>
      )}
      <Figures
        app={app}
        sample={last}
        rates={live.value?.apps[app.id]}
        series={series}
        unit={unit}
        broadcastsOfMonth={month.value?.items.reduce((sum, { broadcasts }) => sum + broadcasts, 0)}
      />
      <Charts series={series} unit={unit}>
        <TopChannels app={app.id} />
      </Charts>
    </Page>
  );
}
