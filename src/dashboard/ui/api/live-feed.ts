// The live feed of one app: opened by the page that shows it, and opened again by itself, ever more slowly, when it breaks.
import { useEffect, useRef, useState } from 'preact/hooks';
import { appPath, rootUrl } from './client.ts';
import type { Entry, Sample } from './live-types.ts';

/** `stale`: what is shown may be old, since the feed is broken. */
export type FeedState = 'opening' | 'live' | 'stale';

export interface FeedListeners {
  readonly onEntries?: (entries: readonly Entry[]) => void;
  readonly onSample?: (sample: Sample) => void;
  /** So many were left out, since there was more than anybody could read. */
  readonly onDropped?: (count: number) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** @returns what closes it. */
export function openFeed(app: string, listeners: FeedListeners, tell: (state: FeedState) => void): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let pauseMs = FIRST_PAUSE_MS;
  const open = (): void => {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(`${rootUrl}api/v1${appPath(app, 'live')}`);
    source.addEventListener('open', () => {
      pauseMs = FIRST_PAUSE_MS;
      tell('live');
    });
    source.addEventListener('happenings', ({ data }) => listeners.onEntries?.(JSON.parse(data)));
    source.addEventListener('sample', ({ data }) => listeners.onSample?.(JSON.parse(data)));
    source.addEventListener('dropped', ({ data }) => listeners.onDropped?.(JSON.parse(data).count));
    source.addEventListener('error', () => {
      // The browser would try again at a pace of its own, and give up on an answer that is no stream.
      source?.close();
      tell('stale');
      timer = window.setTimeout(open, pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    });
  };
  const openSoon = (): void => {
    if (source?.readyState !== EventSource.OPEN) open();
  };
  open();
  window.addEventListener('online', openSoon);
  return () => {
    window.removeEventListener('online', openSoon);
    clearTimeout(timer);
    source?.close();
  };
}

/** The feed as long as the component is there. @param app null opens none. */
export function useLiveFeed(app: string | null, listeners: FeedListeners): FeedState {
  const [state, setState] = useState<FeedState>('opening');
  const current = useRef(listeners);
  current.current = listeners;
  useEffect(() => {
    if (app === null) return undefined;
    setState('opening');
    return openFeed(
      app,
      {
        onEntries: (entries) => current.current.onEntries?.(entries),
        onSample: (sample) => current.current.onSample?.(sample),
        onDropped: (count) => current.current.onDropped?.(count),
      },
      setState,
    );
  }, [app]);
  return state;
}
