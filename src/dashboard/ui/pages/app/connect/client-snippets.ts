// What clients paste to connect and to listen.
import { CHANNEL, EVENT, type Place, type SnippetPart, scheme } from './place.ts';

export function clientSnippets(place: Place): Readonly<Record<string, readonly SnippetPart[]>> {
  return {
    'pusher-js': pusherJs(place),
    Laravel: laravel(place),
    'Next.js': nextJs(place),
    Swift: swift(place),
    'Java / Android': java(place),
    '.NET': dotNet(place),
  };
}

function wsPath({ pathPrefix }: Place, indent: string): string {
  return pathPrefix === '' ? '' : `\n${indent}wsPath: '${pathPrefix}',`;
}

function options(place: Place, indent = '  '): string {
  const { host, port, tls } = place;
  return `{
${indent}wsHost: '${host}',
${indent}wsPort: ${port},
${indent}wssPort: ${port},${wsPath(place, indent)}
${indent}forceTLS: ${tls},
${indent}enabledTransports: ['ws', 'wss'],
${indent}cluster: 'vask',
${indent.slice(2)}}`;
}

function pusherJs(place: Place): readonly SnippetPart[] {
  return [
    {
      title: 'In a page',
      text: `<script src="https://js.pusher.com/8.4.0/pusher.min.js"></script>
<script>
  const pusher = new Pusher('${place.key}', ${options(place, '    ')});
  pusher.subscribe('${CHANNEL}').bind('${EVENT}', (data) => console.log(data));
</script>`,
    },
    {
      title: 'In a bundle (npm install pusher-js)',
      text: `import Pusher from 'pusher-js';

const pusher = new Pusher('${place.key}', ${options(place)});
pusher.subscribe('${CHANNEL}').bind('${EVENT}', (data) => console.log(data));`,
    },
  ];
}

function laravel(place: Place): readonly SnippetPart[] {
  const { id, key, secret, host, port } = place;
  return [
    {
      title: '.env',
      text: `BROADCAST_CONNECTION=pusher
PUSHER_APP_ID=${id}
PUSHER_APP_KEY=${key}
PUSHER_APP_SECRET=${secret}
PUSHER_HOST=${host}
PUSHER_PORT=${port}
PUSHER_SCHEME=${scheme(place)}
PUSHER_APP_CLUSTER=vask

VITE_PUSHER_APP_KEY="\${PUSHER_APP_KEY}"
VITE_PUSHER_HOST="\${PUSHER_HOST}"
VITE_PUSHER_PORT="\${PUSHER_PORT}"
VITE_PUSHER_SCHEME="\${PUSHER_SCHEME}"
VITE_PUSHER_APP_CLUSTER="\${PUSHER_APP_CLUSTER}"`,
    },
    {
      title: 'resources/js/echo.js (npm install laravel-echo pusher-js)',
      text: `import Echo from 'laravel-echo';
import Pusher from 'pusher-js';

window.Pusher = Pusher;
window.Echo = new Echo({
  broadcaster: 'pusher',
  key: import.meta.env.VITE_PUSHER_APP_KEY,
  cluster: import.meta.env.VITE_PUSHER_APP_CLUSTER,
  wsHost: import.meta.env.VITE_PUSHER_HOST,
  wsPort: import.meta.env.VITE_PUSHER_PORT,
  wssPort: import.meta.env.VITE_PUSHER_PORT,${wsPath(place, '  ')}
  forceTLS: import.meta.env.VITE_PUSHER_SCHEME === 'https',
  enabledTransports: ['ws', 'wss'],
});
window.Echo.channel('${CHANNEL}').listen('.${EVENT}', (data) => console.log(data));`,
    },
    {
      title: 'Publish (composer require pusher/pusher-php-server)',
      text: `php artisan tinker --execute="Broadcast::connection()->broadcast(['${CHANNEL}'], '${EVENT}', ['hello' => 'world']);"`,
    },
  ];
}

function nextJs(place: Place): readonly SnippetPart[] {
  const { id, key, secret, host, port, tls } = place;
  return [
    {
      title: 'app/live.tsx (npm install pusher-js pusher)',
      text: `'use client';
import Pusher from 'pusher-js';
import { useEffect, useState } from 'react';

export function Live() {
  const [message, setMessage] = useState<unknown>(null);
  useEffect(() => {
    const pusher = new Pusher('${key}', ${options(place, '      ')});
    pusher.subscribe('${CHANNEL}').bind('${EVENT}', setMessage);
    return () => pusher.disconnect();
  }, []);
  return <pre>{JSON.stringify(message)}</pre>;
}`,
    },
    {
      title: 'app/api/publish/route.ts',
      text: `import Pusher from 'pusher';

const pusher = new Pusher({
  appId: '${id}',
  key: '${key}',
  secret: '${secret}',
  host: '${host}',
  port: '${port}',
  useTLS: ${tls},
});

export async function POST() {
  await pusher.trigger('${CHANNEL}', '${EVENT}', { hello: 'world' });
  return Response.json({ ok: true });
}`,
    },
  ];
}

function swift({ key, host, port, tls }: Place): readonly SnippetPart[] {
  return [
    {
      title: 'Swift (package pusher-websocket-swift)',
      text: `import PusherSwift

let options = PusherClientOptions(host: .host("${host}"), port: ${port}, useTLS: ${tls})
let pusher = Pusher(key: "${key}", options: options)
let channel = pusher.subscribe("${CHANNEL}")
channel.bind(eventName: "${EVENT}", eventCallback: { event in print(event.data ?? "") })
pusher.connect()`,
    },
  ];
}

function java({ key, host, port, tls }: Place): readonly SnippetPart[] {
  return [
    {
      title: 'Java or Kotlin on Android (com.pusher:pusher-java-client)',
      text: `PusherOptions options = new PusherOptions()
    .setHost("${host}")
    .setWsPort(${port})
    .setWssPort(${port})
    .setUseTLS(${tls});
Pusher pusher = new Pusher("${key}", options);
pusher.connect();
pusher.subscribe("${CHANNEL}").bind("${EVENT}", event -> System.out.println(event.getData()));`,
    },
  ];
}

function dotNet({ id, key, secret, host, port, tls }: Place): readonly SnippetPart[] {
  return [
    {
      title: 'Client (dotnet add package PusherClient)',
      text: `var pusher = new PusherClient.Pusher("${key}", new PusherOptions
{
    Host = "${host}:${port}",
    Encrypted = ${tls},
});
var channel = await pusher.SubscribeAsync("${CHANNEL}");
channel.Bind("${EVENT}", (PusherEvent received) => Console.WriteLine(received.Data));
await pusher.ConnectAsync();`,
    },
    {
      title: 'Backend (dotnet add package PusherServer)',
      text: `var pusher = new PusherServer.Pusher("${id}", "${key}", "${secret}", new PusherServer.PusherOptions
{
    HostName = "${host}",
    Port = ${port},
    Encrypted = ${tls},
});
await pusher.TriggerAsync("${CHANNEL}", "${EVENT}", new { hello = "world" });`,
    },
  ];
}
