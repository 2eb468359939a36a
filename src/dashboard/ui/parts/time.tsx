// A moment, told as people say it; the whole of it, in the viewer's zone, is in the title.
import { useEffect, useState } from 'preact/hooks';
import { fullTime, relativeTime } from '../format.ts';

const STEP_MS = 30_000;

interface TimeProps {
  readonly atMs: number | null;
  readonly never?: string;
}

export function Time({ atMs, never = 'never' }: TimeProps) {
  const [nowMs, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), STEP_MS);
    return () => clearInterval(timer);
  }, []);
  if (atMs === null) return <span class="quiet">{never}</span>;
  return (
    <time class="nowrap" dateTime={new Date(atMs).toISOString()} title={fullTime(atMs)}>
      {relativeTime(atMs, Math.max(nowMs, Date.now() - STEP_MS))}
    </time>
  );
}
