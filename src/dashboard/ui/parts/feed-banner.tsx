// Says that what is shown may be old, as long as the live feed is broken.
import type { FeedState } from '../api/live-feed.ts';
import { Notice } from './notice.tsx';

export function FeedBanner({ state }: { readonly state: FeedState }) {
  if (state !== 'stale') return null;
  return (
    <Notice tone="warn">
      <strong>Not live.</strong> The connection to the server is broken; what is shown may be old. It is tried again by
      itself.
    </Notice>
  );
}
