// Reads the next page of a list.
import { Button } from './button.tsx';

interface MoreProps {
  readonly pages: { readonly hasMore: boolean; readonly more: () => Promise<void> };
}

export function More({ pages }: MoreProps) {
  if (!pages.hasMore) return null;
  return (
    <div class="row">
      <Button onClick={() => void pages.more()}>Show more</Button>
    </div>
  );
}
