// The list of the console: only the rows that are seen are in the page, however many there are.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Entry } from '../../../api/live-types.ts';
import { clockTime, fullTime } from '../../../format.ts';
import { Badge } from '../../../parts/badge.tsx';
import { summaryOf, toneOf } from './summary.ts';

interface RowsProps {
  /** Newest first. */
  readonly entries: readonly Entry[];
  readonly inspected: string | null;
  readonly onInspect: (id: string) => void;
}

const WIDE_ROW = 32;
const NARROW_ROW = 52;
/** Rows beyond the edges, so that fast scrolling shows no gap. */
const SPARE = 8;
/** The arrows go from one entry to the next. */
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
const NARROW = '(max-width: 640px)';

export function Rows({ entries, inspected, onInspect }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [rowHeight, setRowHeight] = useState(() => (matchMedia(NARROW).matches ? NARROW_ROW : WIDE_ROW));
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = (): void => {
      setView({ top: element.scrollTop, height: element.clientHeight });
      setRowHeight(matchMedia(NARROW).matches ? NARROW_ROW : WIDE_ROW);
    };
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  useStayingPut(box, entries, rowHeight);
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const at = entries.findIndex(({ id }) => id === inspected);
    const next = step === undefined || at < 0 ? undefined : entries[at + step];
    if (next === undefined || step === undefined) return;
    event.preventDefault();
    onInspect(next.id);
    reveal(box.current, (at + step) * rowHeight, rowHeight);
  };
  const first = Math.max(0, Math.floor(view.top / rowHeight) - SPARE);
  const last = Math.ceil((view.top + view.height) / rowHeight) + SPARE;
  return (
    <div
      ref={box}
      class="rows"
      role="log"
      aria-label="Entries, newest first"
      aria-live="off"
      tabIndex={-1}
      onKeyDown={move}
    >
      <div class="rows-space" style={{ height: `${entries.length * rowHeight}px` }}>
        {entries.slice(first, last).map((entry, at) => (
          <Row
            key={entry.id}
            entry={entry}
            top={(first + at) * rowHeight}
            isInspected={entry.id === inspected}
            onInspect={onInspect}
          />
        ))}
      </div>
    </div>
  );
}

/** Scrolls no farther than is needed to see the row. */
function reveal(element: HTMLElement | null, top: number, height: number): void {
  if (element === null) return;
  const least = top + height - element.clientHeight;
  element.scrollTop = Math.min(top, Math.max(least, element.scrollTop));
}

/** Whoever has scrolled down reads on where they are, though new rows come above. */
function useStayingPut(box: { current: HTMLDivElement | null }, entries: readonly Entry[], rowHeight: number): void {
  const newest = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const element = box.current;
    const added = entries.findIndex(({ id }) => id === newest.current);
    newest.current = entries[0]?.id;
    if (element !== null && added > 0 && element.scrollTop > rowHeight) element.scrollTop += added * rowHeight;
  }, [entries, box, rowHeight]);
}

interface RowProps {
  readonly entry: Entry;
  readonly top: number;
  readonly isInspected: boolean;
  readonly onInspect: (id: string) => void;
}

function Row({ entry, top, isInspected, onInspect }: RowProps) {
  return (
    <button
      type="button"
      class="entry"
      style={{ top: `${top}px` }}
      aria-current={isInspected || undefined}
      onClick={() => onInspect(entry.id)}
    >
      <time dateTime={new Date(entry.atMs).toISOString()} title={fullTime(entry.atMs)}>
        {clockTime(entry.atMs)}
      </time>
      <span>
        <Badge tone={toneOf(entry)}>{entry.type}</Badge>
      </span>
      <span class="what">{summaryOf(entry)}</span>
      <code class="who-did quiet">{entry.socketId}</code>
    </button>
  );
}
