// Publishes events by hand.
import { useState } from 'preact/hooks';
import { Empty } from '../../../parts/empty.tsx';
import { Page } from '../../../parts/page.tsx';
import { useAppScope } from '../app-scope.ts';
import { type Draft, EMPTY_DRAFT, historyOf, remember } from './draft.ts';
import { EventForm } from './event-form.tsx';
import { History } from './history.tsx';

export function EventsPage() {
  const { app, mayManage } = useAppScope();
  const [history, setHistory] = useState(() => historyOf(app.id));
  const [draft, setDraft] = useState<Draft>(() => {
    const channel = new URLSearchParams(location.search).get('channel');
    return channel === null ? EMPTY_DRAFT : { ...EMPTY_DRAFT, channels: channel };
  });
  const about = 'Publishes an event as the backend would, and shows how many get it.';
  if (!mayManage) {
    return (
      <Page title="Event creator" about={about}>
        <Empty title="Only who manages the app publishes">Ask a member who does.</Empty>
      </Page>
    );
  }
  return (
    <Page title="Event creator" about={about}>
      <div class="split">
        <EventForm draft={draft} onChange={setDraft} onSent={(sent) => setHistory(remember(app.id, sent))} />
        <History sent={history} onChoose={setDraft} />
      </div>
    </Page>
  );
}
