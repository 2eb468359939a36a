// Where the tester connects: here, or to any host with any key.
import { useState } from 'preact/hooks';
import type { Server } from '../../../api/live-types.ts';
import { Badge } from '../../../parts/badge.tsx';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Check } from '../../../parts/check.tsx';
import { Field } from '../../../parts/field.tsx';
import type { TestSocket } from './test-socket.ts';

interface ConnectFormProps {
  readonly socket: TestSocket;
  readonly address: Server['clientAddress'];
  readonly appKey: string;
}

const TONES = { open: 'good', connecting: 'warn', closed: 'plain' } as const;

export function ConnectForm({ socket, address, appKey }: ConnectFormProps) {
  const [host, setHost] = useState(address.host);
  const [port, setPort] = useState(String(address.port));
  const [isSecure, setSecure] = useState(address.tls);
  const [key, setKey] = useState(appKey);
  const state = socket.state.value;
  const connect = (event: Event): void => {
    event.preventDefault();
    const path = `${address.pathPrefix}/app/${encodeURIComponent(key)}?protocol=7&client=js&version=8.4.0&flash=false`;
    socket.open(`${isSecure ? 'wss' : 'ws'}://${host}:${port}${path}`);
  };
  return (
    <Card title="Connection" actions={<Badge tone={TONES[state]}>{state}</Badge>}>
      <form class="stack" onSubmit={connect}>
        <div class="pair">
          <Field label="Host" required value={host} onChange={setHost} />
          <Field label="Port" required type="number" value={port} onChange={setPort} />
        </div>
        <Field label="Key" required value={key} onChange={setKey} />
        <Check checked={isSecure} onChange={setSecure}>
          TLS (wss)
        </Check>
        <div class="row">
          <Button type="submit" look="primary">
            {state === 'closed' ? 'Connect' : 'Connect anew'}
          </Button>
          <Button disabled={state === 'closed'} onClick={() => socket.close()}>
            Disconnect
          </Button>
          {socket.socketId.value && (
            <span class="hint">
              socket <code>{socket.socketId.value}</code>
            </span>
          )}
        </div>
      </form>
    </Card>
  );
}
