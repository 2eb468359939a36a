// Connects the first client in a minute: what to paste, with this app's key and address, and lights that tell when it works.
import { Eye } from 'lucide-preact';
import { useState } from 'preact/hooks';
import type { Server } from '../../../api/live-types.ts';
import { useResource } from '../../../api/resource.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { CopyButton } from '../../../parts/copy-button.tsx';
import { Page } from '../../../parts/page.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { Skeleton } from '../../../parts/skeleton.tsx';
import { Snippet } from '../../../parts/snippet.tsx';
import { Tabs } from '../../../parts/tabs.tsx';
import { attempt } from '../../../parts/toasts.tsx';
import { useAppScope } from '../app-scope.ts';
import { revealSecret } from '../secret.tsx';
import { backendSnippets } from './backend-snippets.ts';
import { clientSnippets } from './client-snippets.ts';
import { Lights } from './lights.tsx';
import type { Place, SnippetPart } from './place.ts';

/** What most come with. */
const FIRST = ['pusher-js', 'Laravel', 'Node.js', 'PHP', 'Python', 'Ruby', 'Go', 'Rails', 'Django', 'Next.js'];
const HIDDEN_SECRET = 'YOUR_APP_SECRET';

export function ConnectPage() {
  const { app, key, mayManage } = useAppScope();
  const server = useResource<Server>('/server');
  const [secret, setSecret] = useState<string | null>(null);
  const [chosen, setChosen] = useState('pusher-js');
  const address = server.value?.clientAddress;
  const place: Place | null = address ? { ...address, id: app.id, key, secret: secret ?? HIDDEN_SECRET } : null;
  return (
    <Page
      title="Connect"
      about={`Paste, run, and see the lights turn green: ${app.name} with its real key and address.`}
    >
      <Lights app={app.id} />
      {server.problem && <ProblemNotice problem={server.problem} again={() => void server.reload()} />}
      {place === null ? (
        <Skeleton height={320} />
      ) : (
        <>
          <Credentials
            place={place}
            secret={secret}
            onReveal={mayManage ? async () => setSecret(await revealSecret(app.id, key)) : null}
          />
          <Card title="What to paste">
            <Snippets place={place} chosen={chosen} onChoose={setChosen} />
          </Card>
        </>
      )}
    </Page>
  );
}

interface CredentialsProps {
  readonly place: Place;
  readonly secret: string | null;
  /** Null for whoever may not see it. */
  readonly onReveal: (() => Promise<void>) | null;
}

function Credentials({ place: { id, key, host, port, tls }, secret, onReveal }: CredentialsProps) {
  const rows = [
    ['App id', id],
    ['Key', key],
    ['Host', host],
    ['Port', String(port)],
    ['TLS', tls ? 'yes' : 'no'],
  ] as const;
  return (
    <Card title="Credentials">
      <dl class="facts">
        {rows.map(([name, value]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd key={`${name} value`} class="row">
              <code>{value}</code> <CopyButton text={value} label={`Copy: ${name}`} />
            </dd>
          </>
        ))}
        <dt>Secret</dt>
        <dd class="row">
          {secret !== null && (
            <>
              <code class="break">{secret}</code> <CopyButton text={secret} label="Copy: Secret" />
            </>
          )}
          {secret === null && onReveal !== null && (
            <Button look="small" onClick={() => void attempt(onReveal, 'The secret is shown, and this is noted')}>
              <Eye size={14} aria-hidden="true" /> Show, and put it into the snippets
            </Button>
          )}
          {secret === null && onReveal === null && <span class="quiet">Only who manages the app sees it.</span>}
        </dd>
      </dl>
    </Card>
  );
}

interface SnippetsProps {
  readonly place: Place;
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}

function Snippets({ place, chosen, onChoose }: SnippetsProps) {
  const all: Readonly<Record<string, readonly SnippetPart[]>> = { ...clientSnippets(place), ...backendSnippets(place) };
  const names = [...FIRST, ...Object.keys(all).filter((name) => !FIRST.includes(name))];
  return (
    <Tabs
      label="Language or framework"
      tabs={names.map((name) => [name, name] as const)}
      chosen={chosen}
      onChoose={onChoose}
    >
      {all[chosen]?.map(({ title, text }) => (
        <div key={title} class="stack tight">
          <h3>{title}</h3>
          <Snippet text={text} />
        </div>
      ))}
    </Tabs>
  );
}
