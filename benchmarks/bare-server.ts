// The yardstick: the same engine doing the same work with as little as possible around it. It takes byte-identical
// requests and frames, checks the same signatures, and puts byte-identical frames on the wire; what it leaves out is the
// product (limits, settings, channel kinds, presence, errors, logs). Not a server anybody should run.
import { parseArgs } from 'node:util';
import { credentials } from './credentials.ts';

type Connection = { socketId: string; topic: string };

const { values: options } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const keyedHasher = new Bun.CryptoHasher('sha256', credentials.secret);
const answerHeaders = { 'content-type': 'application/json' };
const eventsPath = `/apps/${credentials.appId}/events`;
const signatureMark = '&auth_signature=';
let lastSocketId = 0;

function signatureOf(text: string): string {
  return keyedHasher.copy().update(text).digest('hex');
}

// The requests carry their parameters in sorted order with the signature last, so the signed text is a prefix.
function isSigned(path: string, query: string, body: string): boolean {
  const at = query.indexOf(signatureMark);
  if (at < 0) return false;
  const parameters = query.slice(0, at);
  if (query.slice(at + signatureMark.length) !== signatureOf(`POST\n${path}\n${parameters}`)) return false;
  const md5 = Bun.MD5.hash(body, 'hex');
  return parameters.includes(`body_md5=${md5}`);
}

function frameOf(name: string, channel: string, data: string): string {
  return `{"event":${JSON.stringify(name)},"channel":${JSON.stringify(channel)},"data":${JSON.stringify(data)}}`;
}

async function publish(request: Request, path: string, query: string): Promise<Response> {
  const body = await request.text();
  if (!isSigned(path, query, body)) return new Response('not signed', { status: 401 });
  const event = JSON.parse(body) as { name: string; channel: string; data: string };
  server.publish(event.channel, frameOf(event.name, event.channel, event.data));
  return new Response('{}', { headers: answerHeaders });
}

function subscribe(socket: Bun.ServerWebSocket<Connection>, text: string): void {
  const { data } = JSON.parse(text) as { data: { channel: string; auth?: string } };
  if (data.channel.startsWith('private-')) {
    const expected = `${credentials.key}:${signatureOf(`${socket.data.socketId}:${data.channel}`)}`;
    if (data.auth !== expected) {
      socket.close();
      return;
    }
  }
  socket.data.topic = data.channel;
  socket.subscribe(data.channel);
  socket.send(`{"event":"pusher_internal:subscription_succeeded","channel":"${data.channel}","data":"{}"}`);
}

const server = Bun.serve<Connection>({
  port: Number(options.port),
  hostname: '127.0.0.1',
  fetch(request, self) {
    const { url } = request;
    const pathAt = url.indexOf('/', 8);
    const queryAt = url.indexOf('?', pathAt);
    const path = url.slice(pathAt, queryAt < 0 ? undefined : queryAt);
    if (path === eventsPath) return publish(request, path, url.slice(queryAt + 1));
    if (path === '/ready') return new Response('ready');
    lastSocketId++;
    if (self.upgrade(request, { data: { socketId: `123456789.${lastSocketId}`, topic: '' } })) return undefined;
    return new Response('not found', { status: 404 });
  },
  websocket: {
    perMessageDeflate: false,
    idleTimeout: 120,
    backpressureLimit: 1024 * 1024,
    closeOnBackpressureLimit: true,
    open(socket) {
      const data = JSON.stringify(`{"socket_id":"${socket.data.socketId}","activity_timeout":120}`);
      socket.send(`{"event":"pusher:connection_established","data":${data}}`);
    },
    message(socket, message) {
      const text = message as string;
      if (text.startsWith('{"event":"client-')) socket.publish(socket.data.topic, text);
      else subscribe(socket, text);
    },
  },
});
