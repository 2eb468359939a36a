// What the tester can send: subscriptions and sign-ins, signed by the server, client events, and any text.
import { useState } from 'preact/hooks';
import { appPath, ask } from '../../../api/client.ts';
import type { Signed } from '../../../api/live-types.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Field } from '../../../parts/field.tsx';
import { Tabs } from '../../../parts/tabs.tsx';
import { attempt } from '../../../parts/toasts.tsx';
import { useAppScope } from '../app-scope.ts';
import {
  clientEventFrame,
  isPresence,
  needsAuth,
  PING_FRAME,
  signInFrame,
  subscribeFrame,
  unsubscribeFrame,
} from './frame-texts.ts';
import type { TestSocket } from './test-socket.ts';

interface SendFormsProps {
  readonly socket: TestSocket;
  readonly appKey: string;
}

const TABS = [
  ['subscribe', 'Subscribe'],
  ['signin', 'Sign in'],
  ['event', 'Client event'],
  ['raw', 'Raw frame'],
] as const;

export function SendForms({ socket }: SendFormsProps) {
  const [chosen, setChosen] = useState<string>('subscribe');
  const isOpen = socket.socketId.value !== null;
  return (
    <Card
      title="Send"
      actions={
        <Button look="small" disabled={!isOpen} onClick={() => socket.send(PING_FRAME)}>
          Ping
        </Button>
      }
    >
      <Tabs label="What to send" tabs={TABS} chosen={chosen} onChoose={setChosen}>
        {chosen === 'subscribe' && <SubscribeForm socket={socket} isOpen={isOpen} />}
        {chosen === 'signin' && <SignInForm socket={socket} isOpen={isOpen} />}
        {chosen === 'event' && <ClientEventForm socket={socket} isOpen={isOpen} />}
        {chosen === 'raw' && <RawForm socket={socket} />}
      </Tabs>
    </Card>
  );
}

interface FormProps {
  readonly socket: TestSocket;
  /** It was greeted, so there is something to sign for. */
  readonly isOpen: boolean;
}

function useSigner({ socket }: FormProps): (what: Readonly<Record<string, string>>) => Promise<Signed> {
  const { app } = useAppScope();
  return (what) =>
    ask<Signed>('POST', appPath(app.id, 'sign'), { body: { socketId: socket.socketId.value ?? '', ...what } });
}

function SubscribeForm(props: FormProps) {
  const { socket, isOpen } = props;
  const [channel, setChannel] = useState('my-channel');
  const [member, setMember] = useState('{"user_id":"1","user_info":{"name":"Ann"}}');
  const sign = useSigner(props);
  const { mayManage } = useAppScope();
  const subscribe = async (event: Event): Promise<void> => {
    event.preventDefault();
    await attempt(async () => {
      const data = isPresence(channel) ? { channelData: member } : {};
      const signed = needsAuth(channel) ? await sign({ channel, ...data }) : null;
      socket.send(subscribeFrame(channel, signed));
    }, null);
  };
  return (
    <form class="stack" onSubmit={(event) => void subscribe(event)}>
      <Field
        label="Channel"
        required
        value={channel}
        onChange={setChannel}
        hint={
          needsAuth(channel) && !mayManage
            ? 'Only who manages the app can have this signed.'
            : 'private- and presence- are signed.'
        }
      />
      {isPresence(channel) && <Field label="Member (channel_data)" required value={member} onChange={setMember} />}
      <div class="row">
        <Button type="submit" look="primary" disabled={!isOpen || (needsAuth(channel) && !mayManage)}>
          Subscribe
        </Button>
        <Button disabled={!isOpen} onClick={() => socket.send(unsubscribeFrame(channel))}>
          Unsubscribe
        </Button>
      </div>
    </form>
  );
}

function SignInForm(props: FormProps) {
  const { socket, isOpen } = props;
  const [user, setUser] = useState('{"id":"1","watchlist":[]}');
  const sign = useSigner(props);
  const { mayManage } = useAppScope();
  const signIn = async (event: Event): Promise<void> => {
    event.preventDefault();
    await attempt(async () => socket.send(signInFrame(await sign({ userData: user }))), null);
  };
  return (
    <form class="stack" onSubmit={(event) => void signIn(event)}>
      <Field label="User (user_data)" required value={user} onChange={setUser} hint="JSON with an id." />
      <div class="row">
        <Button type="submit" look="primary" disabled={!isOpen || !mayManage}>
          Sign in
        </Button>
      </div>
    </form>
  );
}

function ClientEventForm({ socket, isOpen }: FormProps) {
  const [channel, setChannel] = useState('private-my-channel');
  const [name, setName] = useState('client-my-event');
  const [data, setData] = useState('{"hello":"world"}');
  const send = (event: Event): void => {
    event.preventDefault();
    socket.send(clientEventFrame(channel, name, data));
  };
  return (
    <form class="stack" onSubmit={send}>
      <Field
        label="Channel"
        required
        value={channel}
        onChange={setChannel}
        hint="One that this connection has joined."
      />
      <Field label="Event" required value={name} onChange={setName} />
      <Field label="Data" rows={3} value={data} onChange={setData} />
      <div class="row">
        <Button type="submit" look="primary" disabled={!isOpen}>
          Send
        </Button>
      </div>
    </form>
  );
}

function RawForm({ socket }: Pick<FormProps, 'socket'>) {
  const [text, setText] = useState(subscribeFrame('my-channel', null));
  const send = (event: Event): void => {
    event.preventDefault();
    socket.send(text);
  };
  return (
    <form class="stack" onSubmit={send}>
      <Field label="Frame" rows={5} value={text} onChange={setText} hint="Sent as it is, right or wrong." />
      <div class="row">
        <Button type="submit" look="primary" disabled={socket.state.value !== 'open'}>
          Send
        </Button>
      </div>
    </form>
  );
}
