// All that is known of one entry, and what can be done with it.
import { X } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import { rootUrl } from '../../../api/client.ts';
import type { Entry } from '../../../api/live-types.ts';
import { clockTime, fullTime } from '../../../format.ts';
import { Badge } from '../../../parts/badge.tsx';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { CopyButton } from '../../../parts/copy-button.tsx';
import { Json } from '../../../parts/json.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { curlCommand, triggerCommand } from './commands.ts';
import { toneOf } from './summary.ts';

interface InspectorProps {
  readonly app: string;
  readonly entry: Entry;
  readonly onClose: () => void;
}

const NAMES = {
  node: 'Node',
  channel: 'Channel',
  event: 'Event',
  user: 'User',
  socketId: 'Socket id',
  code: 'Code',
  status: 'Status',
  method: 'Method',
  path: 'Path',
  endpoint: 'Endpoint',
  durationMs: 'Milliseconds',
  text: 'Reason',
} as const satisfies Partial<Record<keyof Entry, string>>;

export function Inspector({ app, entry, onClose }: InspectorProps) {
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [onClose]);
  // Object.keys forgets which names there are.
  const known = (Object.keys(NAMES) as (keyof typeof NAMES)[]).filter((name) => entry[name] !== undefined);
  return (
    <aside class="inspector" aria-label="The entry">
      <Card
        title={<Badge tone={toneOf(entry)}>{entry.type}</Badge>}
        actions={
          <Button look="small icon plain" label="Close" onClick={onClose}>
            <X size={16} aria-hidden="true" />
          </Button>
        }
      >
        <div class="stack">
          <dl class="facts">
            <dt>Time</dt>
            <dd title={fullTime(entry.atMs)}>{clockTime(entry.atMs)}</dd>
            {known.map((name) => (
              <>
                <dt key={name}>{NAMES[name]}</dt>
                <dd key={`${name} value`}>{entry[name]}</dd>
              </>
            ))}
          </dl>
          {entry.advice !== undefined && <Notice>{entry.advice}</Notice>}
          {entry.data !== undefined && <Json value={entry.data} label="Data" />}
          <div class="row">
            <CopyButton text={() => JSON.stringify(entry, null, 2)}>Copy as JSON</CopyButton>
            <CopyAgain app={app} entry={entry} />
          </div>
        </div>
      </Card>
    </aside>
  );
}

/** What has published something can publish it again. */
function CopyAgain({ app, entry }: Omit<InspectorProps, 'onClose'>) {
  const { channel, event, data } = entry;
  if (channel === undefined || event === undefined || data === undefined) return null;
  const publish = { app, channel, event, data };
  return (
    <>
      <CopyButton text={() => triggerCommand(publish)}>Copy as vask trigger</CopyButton>
      <CopyButton text={() => curlCommand(rootUrl, publish)}>Copy as curl</CopyButton>
    </>
  );
}
