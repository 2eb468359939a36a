// One browser's side of the chat. All that it has to do with Vask is in this file, by stock pusher-js; view.js draws.
import * as view from './view.js';

const TYPING_TOLD_EVERY_MS = 2_000;
const TYPING_LASTS_MS = 4_000;

function connect({ key, port }) {
  return new window.Pusher(key, {
    wsHost: location.hostname,
    wsPort: port,
    wssPort: port,
    forceTLS: location.protocol === 'https:',
    enabledTransports: ['ws', 'wss'],
    cluster: 'vask', // pusher-js demands one; it means nothing here.
    channelAuthorization: { endpoint: '/pusher/auth', transport: 'ajax' },
    userAuthentication: { endpoint: '/pusher/user-auth', transport: 'ajax' },
  });
}

function join({ user, vask }) {
  view.showChat();

  const pusher = connect(vask);
  pusher.connection.bind('state_change', ({ current }) => view.showState(current));

  // The channel: who is here, and what is said to everybody. pusher-js keeps the list, also across reconnects.
  const channel = pusher.subscribe(vask.channel);
  const showPeople = () => view.showPeople(peopleOf(channel), user.id);
  channel.bind('pusher:subscription_succeeded', showPeople);
  channel.bind('pusher:member_added', showPeople);
  channel.bind('pusher:member_removed', showPeople);
  channel.bind('pusher:subscription_error', ({ status }) => {
    // The backend has forgotten us, so we have to sign in again.
    if (status === 401) location.reload();
  });

  const typing = typingList((ids) => view.showTyping(ids.map((id) => nameOf(channel, id)).filter(Boolean)));

  // The last message comes again with every reconnect (it is a cache channel), but is shown once.
  const seen = new Set();
  const showMessage = (message) => {
    if (seen.has(message.id)) return;
    seen.add(message.id);
    typing.stop(message.from.id);
    view.showMessage(message, { isOwn: message.from.id === user.id, toName: nameOf(channel, message.to) });
  };
  channel.bind('message', showMessage);

  // Direct messages: they are sent to the user, on whatever connections, so the connection has to say whose it is.
  pusher.signin();
  pusher.user.bind('direct-message', showMessage);

  // "is typing …" goes from browser to browser, past the backend. Vask says whose it is; the data could lie.
  channel.bind('client-typing', (_data, { user_id }) => typing.start(user_id));
  let tellAgainMs = 0;
  view.onTyping(() => {
    if (performance.now() < tellAgainMs) return;
    tellAgainMs = performance.now() + TYPING_TOLD_EVERY_MS;
    channel.trigger('client-typing', {});
  });

  view.onSend(async ({ text, to }) => {
    showMessage(await request('POST', '/messages', { text, to, socketId: pusher.connection.socket_id }));
    tellAgainMs = 0;
  });
  view.onLeave(async () => {
    pusher.disconnect();
    await request('DELETE', '/session');
    location.reload();
  });
}

function peopleOf(channel) {
  const people = [];
  channel.members.each(({ id, info }) => people.push({ id, name: info.name }));
  return people;
}

function nameOf(channel, userId) {
  return channel.members.get(userId)?.info.name ?? null;
}

/** Who is typing: whoever has said so within the last seconds. */
function typingList(show) {
  const timers = new Map();
  const stop = (id) => {
    clearTimeout(timers.get(id));
    if (timers.delete(id)) show([...timers.keys()]);
  };
  const start = (id) => {
    clearTimeout(timers.get(id));
    timers.set(
      id,
      setTimeout(() => stop(id), TYPING_LASTS_MS),
    );
    show([...timers.keys()]);
  };
  return { start, stop };
}

async function request(method, path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(path, { method, ...(body && { headers, body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.status === 204 ? null : await answer.json();
}

const session = await request('GET', '/session');
if (session.user) join(session);
else view.showWelcome(async (name) => join({ ...session, user: await request('POST', '/session', { name }) }));
