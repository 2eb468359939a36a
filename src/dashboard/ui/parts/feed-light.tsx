// One word about the live feed, always in the same place.
import type { FeedState } from '../api/live-feed.ts';

const WORDS = { opening: 'Connecting', live: 'Live', stale: 'Not live' } as const;
const TONES = { opening: '', live: 'good', stale: 'warn' } as const;

export function FeedLight({ state }: { readonly state: FeedState }) {
  return (
    <span class="badge" data-feed={state}>
      <span class={`dot ${TONES[state]}`} aria-hidden="true" />
      {WORDS[state]}
    </span>
  );
}
