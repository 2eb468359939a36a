// The webhook endpoints of an app, and what became of the latest deliveries.
import { useState } from 'preact/hooks';
import { appPath } from '../../../api/client.ts';
import { useResource } from '../../../api/resource.ts';
import type { List, Webhook } from '../../../api/types.ts';
import { Badge } from '../../../parts/badge.tsx';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Empty } from '../../../parts/empty.tsx';
import { Link } from '../../../parts/link.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Page } from '../../../parts/page.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { type Column, Table } from '../../../parts/table.tsx';
import { placeOf } from '../../../places.ts';
import { useAppScope } from '../app-scope.ts';
import { DeadLetters } from './dead-letters.tsx';
import { Deliveries } from './deliveries.tsx';
import { NewWebhook } from './new-webhook.tsx';

export function WebhooksPage() {
  const { app, mayChange } = useAppScope();
  const hooks = useResource<List<Webhook>>(appPath(app.id, 'webhooks'));
  const [isMaking, setMaking] = useState(false);
  const columns: readonly Column<Webhook>[] = [
    {
      title: 'Endpoint',
      cell: ({ id, url }) => (
        <Link to={placeOf(app.id, 'webhooks', id)}>
          <strong class="break">{url}</strong>
        </Link>
      ),
    },
    { title: 'State', cell: (hook) => <WebhookState hook={hook} /> },
    { title: 'Events', cell: ({ events }) => <span class="break">{events.join(', ')}</span> },
    { title: 'Channels', cell: ({ channelPrefixes }) => channelPrefixes.join(', ') || 'all' },
  ];
  return (
    <Page
      wide
      title="Webhooks"
      about="Tells your backend what happens: signed, in order, and again until it is taken."
      actions={
        mayChange && (
          <Button look="primary" onClick={() => setMaking(true)}>
            New endpoint
          </Button>
        )
      }
    >
      {app.origin === 'configuration' && (
        <Notice>The endpoints of this app are in the configuration; change them there and restart the server.</Notice>
      )}
      {hooks.problem && <ProblemNotice problem={hooks.problem} again={() => void hooks.reload()} />}
      <Card flush title="Endpoints">
        <Table
          label="Endpoints"
          columns={columns}
          rows={hooks.value?.items}
          keyOf={({ id }) => id}
          empty={
            <Empty
              title="No endpoint yet"
              command={mayChange ? `npx vask webhooks create ${app.id} https://example.com/webhook` : undefined}
            >
              Add the address that your backend listens at; its signature is checked with the secret of the app.
            </Empty>
          }
        />
      </Card>
      <Deliveries app={app.id} webhook={null} />
      <DeadLetters app={app.id} webhook={null} mayReplay={mayChange} />
      {isMaking && (
        <NewWebhook
          app={app.id}
          onClose={() => setMaking(false)}
          onMade={() => {
            setMaking(false);
            void hooks.reload();
          }}
        />
      )}
    </Page>
  );
}

function WebhookState({ hook: { enabled, disabledReason } }: { readonly hook: Webhook }) {
  if (enabled) return <Badge tone="good">On</Badge>;
  return (
    <span class="row">
      <Badge tone="warn">Off</Badge>
      {disabledReason !== null && <span class="hint">{disabledReason}</span>}
    </span>
  );
}
