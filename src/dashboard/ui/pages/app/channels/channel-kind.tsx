// The kind of a channel as a coloured word.
import { Badge, type Tone } from '../../../parts/badge.tsx';

export function ChannelKind({ kind }: { readonly kind: string }) {
  return <Badge tone={toneOf(kind)}>{kind}</Badge>;
}

function toneOf(kind: string): Tone {
  if (kind.includes('presence')) return 'violet';
  if (kind.includes('encrypted')) return 'cyan';
  return kind.includes('private') ? 'accent' : 'plain';
}
