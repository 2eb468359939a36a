// All apps that the caller may see, with what flows through them now.
import { Plus } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { apps, appsProblem, readApps } from '../api/apps.ts';
import { isAdmin } from '../api/client.ts';
import type { AppRates, LiveApps } from '../api/live-types.ts';
import { useResource } from '../api/resource.ts';
import type { App } from '../api/types.ts';
import { shownNumber } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Card } from '../parts/card.tsx';
import { Empty } from '../parts/empty.tsx';
import { Field } from '../parts/field.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { placeOf } from '../places.ts';
import { AppActions } from './apps/app-actions.tsx';
import { NewApp } from './apps/new-app.tsx';

const RATES_MS = 2_000;

export function AppsPage() {
  const [sought, setSought] = useState('');
  const [isMaking, setMaking] = useState(false);
  const live = useResource<LiveApps>('/live', RATES_MS);
  useEffect(() => {
    void readApps();
  }, []);
  const word = sought.trim().toLowerCase();
  const found = apps.value?.filter(({ id, name }) => id.includes(word) || name.toLowerCase().includes(word));
  return (
    <Page
      wide
      title="Apps"
      about="Each app has keys, limits and channels of its own. Nothing passes from one to another."
      actions={
        <Button look="primary" onClick={() => setMaking(true)}>
          <Plus size={16} aria-hidden="true" /> New app
        </Button>
      }
    >
      {appsProblem.value && <ProblemNotice problem={appsProblem.value} again={() => void readApps()} />}
      <div class="narrow">
        <Field label="Search" value={sought} onChange={setSought} placeholder="Name or id" type="search" />
      </div>
      <Card flush>
        <Table
          label="Apps"
          columns={columnsOf(live.value?.apps)}
          rows={found}
          keyOf={({ id }) => id}
          empty={<NoApps isSearch={word !== ''} />}
        />
      </Card>
      {isMaking && <NewApp onClose={() => setMaking(false)} />}
    </Page>
  );
}

function NoApps({ isSearch }: { readonly isSearch: boolean }) {
  if (isSearch) return <Empty title="No app is called so">Search for another part of its name or id.</Empty>;
  return (
    <Empty title="There is no app yet" command="npx vask apps create Shop">
      Make one with the button above, or with the command line. To move here from Pusher without changing clients, give
      it the id, key and secret that they have.
    </Empty>
  );
}

/** @param rates undefined until they are read; an app without any is quiet. */
function columnsOf(rates: LiveApps['apps'] | undefined): readonly Column<App>[] {
  const rate = (id: string, name: keyof AppRates) => (rates ? shownNumber(rates[id]?.[name] ?? 0) : '–');
  return [
    { title: 'App', cell: (app) => <AppName app={app} /> },
    { title: 'Id', cell: ({ id }) => <code>{id}</code> },
    { title: 'State', cell: (app) => <AppState app={app} /> },
    { title: 'Connections', end: true, cell: ({ id }) => rate(id, 'connections') },
    { title: 'Publishes/s', end: true, cell: ({ id }) => rate(id, 'publishesPerSecond') },
    { title: 'Messages/s', end: true, cell: ({ id }) => rate(id, 'messagesPerSecond') },
    { title: '', end: true, cell: (app) => <AppActions app={app} /> },
  ];
}

function AppName({ app: { id, name } }: { readonly app: App }) {
  return (
    <Link to={placeOf(id, 'overview')}>
      <strong>{name}</strong>
    </Link>
  );
}

function AppState({ app: { enabled, origin } }: { readonly app: App }) {
  return (
    <span class="row">
      {enabled ? <Badge tone="good">On</Badge> : <Badge tone="warn">Disabled</Badge>}
      {origin === 'configuration' && isAdmin.value && <Badge>Configuration</Badge>}
    </span>
  );
}
