// One webhook endpoint: what it is sent, a test, and its deliveries.

import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { appPath, ask } from '../../../api/client.ts';
import { useResource } from '../../../api/resource.ts';
import type { Attempt, Webhook } from '../../../api/types.ts';
import { shownDuration } from '../../../format.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { confirm } from '../../../parts/confirmation.tsx';
import { Json } from '../../../parts/json.tsx';
import { Link } from '../../../parts/link.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Page } from '../../../parts/page.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { Skeleton } from '../../../parts/skeleton.tsx';
import { attempt } from '../../../parts/toasts.tsx';
import { placeOf } from '../../../places.ts';
import { useAppScope } from '../app-scope.ts';
import { DeadLetters } from './dead-letters.tsx';
import { Deliveries } from './deliveries.tsx';
import { EditWebhook } from './edit-webhook.tsx';

export function WebhookPage({ id }: { readonly id: string }) {
  const { app, mayChange } = useAppScope();
  const [, navigate] = useLocation();
  const path = appPath(app.id, 'webhooks', id);
  const hook = useResource<Webhook>(path);
  const askToDelete = (): void =>
    confirm({
      title: 'Delete this endpoint?',
      text: `Nothing more is sent to ${hook.value?.url ?? 'it'}, also what waits to be sent again.`,
      action: 'Delete the endpoint',
      run: async () => {
        await ask('DELETE', path);
        navigate(placeOf(app.id, 'webhooks'));
      },
      done: 'The endpoint is deleted',
    });
  return (
    <Page
      title="Endpoint"
      about={
        <>
          <Link to={placeOf(app.id, 'webhooks')}>All endpoints</Link> · {hook.value?.url}
        </>
      }
      actions={
        mayChange && (
          <Button look="danger" onClick={askToDelete}>
            Delete
          </Button>
        )
      }
    >
      {hook.problem && <ProblemNotice problem={hook.problem} again={() => void hook.reload()} />}
      {hook.value === undefined ? (
        <Skeleton height={240} />
      ) : (
        <>
          {hook.value.disabledReason !== null && (
            <Notice tone="warn">
              <strong>The server has switched it off.</strong> {hook.value.disabledReason} Repair the endpoint, send a
              test, and switch it on again.
            </Notice>
          )}
          {mayChange && <TestCard path={path} />}
          <EditWebhook
            key={hook.value.version}
            path={path}
            hook={hook.value}
            mayChange={mayChange}
            onChanged={hook.set}
          />
          <Deliveries app={app.id} webhook={id} />
          <DeadLetters app={app.id} webhook={id} mayReplay={mayChange} />
        </>
      )}
    </Page>
  );
}

const FIRST_BAD_STATUS = 300;

function TestCard({ path }: { readonly path: string }) {
  const [told, setTold] = useState<Attempt | null>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => setTold(await ask<Attempt>('POST', `${path}/test`)), 'The test event was sent');
    setBusy(false);
  };
  const isGood = told?.status != null && told.status < FIRST_BAD_STATUS;
  return (
    <Card
      title="Test"
      actions={
        <Button disabled={isBusy} onClick={() => void send()}>
          Send a test event
        </Button>
      }
    >
      {told === null ? (
        <p class="quiet">Sends one signed event and shows how the endpoint answers.</p>
      ) : (
        <div class="stack">
          <Notice tone={isGood ? 'good' : 'bad'}>
            {told.status === null
              ? `No answer: ${told.error}`
              : `Answered ${told.status} after ${shownDuration(told.durationMs)}.`}
          </Notice>
          {told.answer && <Json value={told.answer} label="The answer" />}
        </div>
      )}
    </Card>
  );
}
