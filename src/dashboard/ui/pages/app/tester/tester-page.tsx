// A WebSocket client in the page, with every frame as it goes over the wire, for this server or any other.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Server } from '../../../api/live-types.ts';
import { useResource } from '../../../api/resource.ts';
import { Card } from '../../../parts/card.tsx';
import { Page } from '../../../parts/page.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { Skeleton } from '../../../parts/skeleton.tsx';
import { useAppScope } from '../app-scope.ts';
import { ConnectForm } from './connect-form.tsx';
import { Frames } from './frames.tsx';
import { SendForms } from './send-forms.tsx';
import { TestSocket } from './test-socket.ts';

export function TesterPage() {
  const server = useResource<Server>('/server');
  return (
    <Page
      wide
      title="WebSocket tester"
      about="Connects from this page and shows every frame. Subscriptions and sign-ins of this app are signed by the server in your name."
    >
      {server.problem && <ProblemNotice problem={server.problem} again={() => void server.reload()} />}
      {server.value ? <Tester server={server.value} /> : <Skeleton height={300} />}
    </Page>
  );
}

function Tester({ server }: { readonly server: Server }) {
  const { key } = useAppScope();
  const [socket] = useState(() => new TestSocket());
  const alive = useRef(socket);
  useEffect(() => () => alive.current.close(), []);
  return (
    <div class="split">
      <Card flush title="Frames">
        <Frames socket={socket} />
      </Card>
      <div class="stack">
        <ConnectForm socket={socket} address={server.clientAddress} appKey={key} />
        <SendForms socket={socket} appKey={key} />
      </div>
    </div>
  );
}
