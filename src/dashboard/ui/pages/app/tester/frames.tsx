// The frames of the tester's connection, newest below.
import { useEffect, useRef } from 'preact/hooks';
import { clockTime, fullTime } from '../../../format.ts';
import { Button } from '../../../parts/button.tsx';
import { Empty } from '../../../parts/empty.tsx';
import type { TestSocket } from './test-socket.ts';

const ARROWS = { in: '←', out: '→', note: '·' } as const;
const WAYS = { in: 'Received', out: 'Sent', note: 'Note' } as const;

export function Frames({ socket }: { readonly socket: TestSocket }) {
  const box = useRef<HTMLDivElement>(null);
  const frames = socket.frames.value;
  // Each new frame scrolls to the end.
  useEffect(() => {
    box.current?.scrollTo(0, box.current.scrollHeight);
  }, [frames]);
  if (frames.length === 0) return <Empty title="No frames yet">Connect, and the greeting comes at once.</Empty>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with the keyboard */}
      <div ref={box} class="frames" role="log" aria-label="Frames" tabIndex={0}>
        {frames.map(({ id, atMs, way, text }) => (
          <div key={id} class="frame">
            <time class="quiet" title={fullTime(atMs)}>
              {clockTime(atMs)}
            </time>
            <span class={way}>
              <span aria-hidden="true">{ARROWS[way]}</span>
              <span class="sr-only">{WAYS[way]}</span>
            </span>
            <pre class={way === 'note' ? 'note' : undefined}>{text}</pre>
          </div>
        ))}
      </div>
      <div class="row frames-end">
        <Button look="small" onClick={() => socket.clear()}>
          Clear
        </Button>
      </div>
    </>
  );
}
