// What flows at this second, the peaks of the chosen time, and how much of the app's limits that is.
import type { AppRates, Sample } from '../../../api/live-types.ts';
import type { App } from '../../../api/types.ts';
import { shownBytes, shownNumber } from '../../../format.ts';
import { Card } from '../../../parts/card.tsx';
import { peakOf, type Series } from './ranges.ts';

interface FiguresProps {
  readonly app: App;
  /** Null until the first second is over; the rates stand in for it. */
  readonly sample: Sample | null;
  readonly rates: AppRates | undefined;
  readonly series: Series;
  /** What the counts of the series are of: a second, a minute, an hour. */
  readonly unit: string;
  /** Undefined until it is read. */
  readonly broadcastsOfMonth: number | undefined;
}

export function Figures({ app: { limits }, sample, rates, series, unit, broadcastsOfMonth }: FiguresProps) {
  const peak = (values: readonly (number | null)[]): string =>
    `peak ${shownNumber(peakOf(values))}${unit === 'second' ? '' : ` per ${unit}`}`;
  return (
    <div class="figures">
      <Figure
        title="Connections"
        value={sample?.connections ?? rates?.connections}
        measured={peakOf(series.connections)}
        limit={limits.connections}
        note={`peak ${shownNumber(peakOf(series.connections))}`}
      />
      <Figure
        title="Publishes/s"
        value={sample?.publishes ?? rates?.publishesPerSecond}
        // A peak of a minute says nothing of a limit per second.
        measured={unit === 'second' ? peakOf(series.publishes) : (sample?.publishes ?? 0)}
        limit={limits.messagesPerSecond}
        note={peak(series.publishes)}
      />
      <Figure
        title="This month"
        value={broadcastsOfMonth}
        measured={broadcastsOfMonth ?? 0}
        limit={limits.broadcastsPerMonth}
        note="broadcasts"
      />
      <Figure
        title="Messages/s"
        value={sample?.messagesOut ?? rates?.messagesPerSecond}
        note={sample === null ? '' : `${shownBytes(sample.bytesOut)}/s`}
      />
      <Figure title="Channels" value={sample?.channels} note="occupied now" />
      <Figure title="Errors/s" value={sample?.errors} note={peak(series.errors)} />
    </div>
  );
}

interface FigureProps {
  readonly title: string;
  readonly value: number | undefined;
  /** What is measured against the limit. */
  readonly measured?: number;
  /** 0 is none; undefined where there could be none. */
  readonly limit?: number;
  readonly note?: string;
}

const NEAR = 0.8;

function Figure({ title, value, measured = 0, limit, note }: FigureProps) {
  const part = limit ? Math.min(measured / limit, 1) : 0;
  const tone = part >= 1 ? 'bad' : part >= NEAR ? 'warn' : '';
  const bound = limit === undefined ? null : limit === 0 ? 'no limit' : `limit ${shownNumber(limit)}`;
  return (
    <Card>
      <div class="figure">
        <div class="quiet">{title}</div>
        <div class="value number">{value === undefined ? '–' : shownNumber(value)}</div>
        {limit ? (
          <div class="meter">
            <div class={tone} style={{ width: `${part * 100}%` }} />
          </div>
        ) : null}
        <div class="hint">{[note, bound].filter(Boolean).join(', ')}</div>
      </div>
    </Card>
  );
}
