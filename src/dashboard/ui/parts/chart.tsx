// A chart over time. The colours come from the styles, so it follows light and dark.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { theme } from '../theme.ts';

export interface Line {
  readonly name: string;
  /** Which of the colours. */
  readonly tone: 1 | 2 | 3;
  readonly values: readonly (number | null)[];
}

interface ChartProps {
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly shown: (value: number) => string;
}

export function Chart({ label, times, lines, shown }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shape = `${label} ${lines.map(({ name }) => name).join()} ${theme.value}`;
  // Only another shape makes another plot; other values are set below.
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(element, lines, shown), dataOf(times, lines), element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize(sizeOf(element)));
    resized.observe(element);
    const darkness = matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => made.redraw();
    darkness.addEventListener('change', redraw);
    return () => {
      darkness.removeEventListener('change', redraw);
      resized.disconnect();
      made.destroy();
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);
  return (
    <>
      <div class="legend">
        {lines.map(({ name, tone, values }) => (
          <span key={name} class={`tone-${tone}`}>
            <i aria-hidden="true" /> {name}
            <strong class="number">{shown(lastOf(values))}</strong>
          </span>
        ))}
      </div>
      <div ref={place} class="chart" role="img" aria-label={describe(label, lines, shown)} />
    </>
  );
}

function describe(label: string, lines: readonly Line[], shown: ChartProps['shown']): string {
  const parts = lines.map(({ name, values }) => {
    const peak = Math.max(0, ...values.map((value) => value ?? 0));
    return `${name} now ${shown(lastOf(values))}, at most ${shown(peak)}`;
  });
  return `${label}: ${parts.join('; ')}`;
}

function lastOf(values: Line['values']): number {
  return values.findLast((value) => value !== null) ?? 0;
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: Math.max(clientWidth, 50), height: Math.max(clientHeight, 50) };
}

function dataOf(times: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

const TONES = { 1: '--indigo-9', 2: '--cyan-9', 3: '--red-9' } as const;

/** Where a line has no peak yet, the scale still has a height. */
const LEAST_TOP = 4;

function optionsOf(element: HTMLElement, lines: readonly Line[], shown: ChartProps['shown']): uPlot.Options {
  const color = colourReader(element);
  const axis = { stroke: () => color('--slate-11'), ticks: { show: false }, font: '11px system-ui, sans-serif' };
  const grid = { stroke: () => color('--slate-5'), width: 1 };
  return {
    ...sizeOf(element),
    legend: { show: false },
    cursor: { y: false, points: { show: lines.length < 3 } },
    padding: [8, 26, 0, 0],
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, LEAST_TOP)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 60,
        size: 28,
        values: (_plot, splits, _axis, _space, step) => splits.map((at) => timeLabel(at, step)),
      },
      { ...axis, grid, size: 52, space: 36, values: (_plot, splits) => splits.map(shown) },
    ],
    series: [
      {},
      ...lines.map(({ name, tone }) => ({
        label: name,
        stroke: () => color(TONES[tone]),
        fill: () => faint(color(TONES[tone])),
        width: 1.5,
        points: { show: false },
      })),
    ],
    plugins: [tooltip(lines, shown)],
  };
}

const DAY_SECONDS = 86_400;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** @param step seconds from one label to the next. */
function timeLabel(atSeconds: number, step: number): string {
  return (step >= DAY_SECONDS ? date : clock).format(atSeconds * 1000);
}

/** Canvases do not know `light-dark()`, so the browser is asked what it comes to. */
function colourReader(element: HTMLElement): (name: string) => string {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  return (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
}

/** What is below a line is tinted with its colour. */
function faint(colour: string): string {
  return colour.replace('rgb(', 'rgba(').replace(')', ', 0.09)');
}

/** Tells the values under the pointer. */
function tooltip(lines: readonly Line[], shown: ChartProps['shown']): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'chart-tip';
  box.hidden = true;
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor({ cursor, data, over }) {
        const at = cursor.idx;
        box.hidden = at == null || (cursor.left ?? -1) < 0;
        if (at == null || box.hidden) return;
        const time = new Date((data[0][at] ?? 0) * 1000).toLocaleString(undefined, {
          dateStyle: 'short',
          timeStyle: 'medium',
        });
        const values = lines.map(({ name }, line) => `${name}: ${shown(data[line + 1]?.[at] ?? 0)}`);
        box.textContent = [time, ...values].join('\n');
        const isRight = (cursor.left ?? 0) > over.clientWidth / 2;
        box.style.left = isRight ? '' : `${(cursor.left ?? 0) + 12}px`;
        box.style.right = isRight ? `${over.clientWidth - (cursor.left ?? 0) + 12}px` : '';
      },
    },
  };
}
