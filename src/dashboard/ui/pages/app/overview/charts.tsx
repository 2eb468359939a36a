// The charts of the overview.

import type { ComponentChildren } from 'preact';
import { shownBytes, shownNumber } from '../../../format.ts';
import { Card } from '../../../parts/card.tsx';
import { Chart, type Line } from '../../../parts/chart.tsx';
import type { Series } from './ranges.ts';

interface ChartsProps {
  /** What stands beside the charts. */
  readonly children: ComponentChildren;
  readonly series: Series;
  /** What the counts are of. */
  readonly unit: string;
}

export function Charts({ series, unit, children }: ChartsProps) {
  const { times } = series;
  const draw = (title: string, lines: readonly Line[], shown = shownNumber) => (
    <Card title={title}>
      <Chart label={title} times={times} lines={lines} shown={shown} />
    </Card>
  );
  return (
    <div class="charts">
      {draw('Connections', [{ name: unit === 'second' ? 'open' : 'peak', tone: 1, values: series.connections }])}
      {draw(`Messages per ${unit}`, [
        { name: 'to clients', tone: 1, values: series.messagesOut },
        { name: 'from clients', tone: 2, values: series.messagesIn },
      ])}
      {draw(`Publishes per ${unit}`, [{ name: 'publishes', tone: 1, values: series.publishes }])}
      {draw(`Errors per ${unit}`, [{ name: 'refusals', tone: 3, values: series.errors }])}
      {draw(
        `Bytes per ${unit}`,
        [
          { name: 'to clients', tone: 1, values: series.bytesOut },
          { name: 'from clients', tone: 2, values: series.bytesIn },
        ],
        shownBytes,
      )}
      {children}
    </div>
  );
}
