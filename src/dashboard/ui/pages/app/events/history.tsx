// What was sent before; choosing one puts it into the form again.
import { Card } from '../../../parts/card.tsx';
import { Empty } from '../../../parts/empty.tsx';
import { Time } from '../../../parts/time.tsx';
import type { Draft, Sent } from './draft.ts';

interface HistoryProps {
  readonly sent: readonly Sent[];
  readonly onChoose: (draft: Draft) => void;
}

export function History({ sent, onChoose }: HistoryProps) {
  return (
    <Card flush title="Sent before">
      {sent.length === 0 && (
        <Empty title="Nothing yet">What you publish is kept here, in this browser, to be sent again.</Empty>
      )}
      {sent.map(({ draft, atMs, answer }) => (
        <button key={atMs} type="button" class="history-item" onClick={() => onChoose(draft)}>
          <span class="row spread">
            <strong class="break">
              {draft.name} → {draft.to === 'user' ? draft.user : draft.channels}
            </strong>
            <span class="hint">
              <Time atMs={atMs} />
            </span>
          </span>
          <span class="hint break">{answer}</span>
        </button>
      ))}
    </Card>
  );
}
