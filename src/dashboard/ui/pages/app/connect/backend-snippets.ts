// What backends paste to publish.
import { CHANNEL, EVENT, type Place, type SnippetPart, scheme, url } from './place.ts';

export function backendSnippets(place: Place): Readonly<Record<string, readonly SnippetPart[]>> {
  return {
    'Node.js': node(place),
    PHP: php(place),
    Python: python(place),
    Django: django(place),
    Ruby: ruby(place),
    Rails: rails(place),
    Go: go(place),
    'Command line': commandLine(place),
  };
}

function node({ id, key, secret, host, port, tls }: Place): readonly SnippetPart[] {
  return [
    {
      title: 'npm install pusher',
      text: `const Pusher = require('pusher');

const pusher = new Pusher({
  appId: '${id}',
  key: '${key}',
  secret: '${secret}',
  host: '${host}',
  port: '${port}',
  useTLS: ${tls},
});
pusher.trigger('${CHANNEL}', '${EVENT}', { hello: 'world' });`,
    },
  ];
}

function php(place: Place): readonly SnippetPart[] {
  const { id, key, secret, host, port, tls } = place;
  return [
    {
      title: 'composer require pusher/pusher-php-server',
      text: `<?php
require __DIR__ . '/vendor/autoload.php';

$pusher = new Pusher\\Pusher('${key}', '${secret}', '${id}', [
    'host' => '${host}',
    'port' => ${port},
    'scheme' => '${scheme(place)}',
    'useTLS' => ${tls},
]);
$pusher->trigger('${CHANNEL}', '${EVENT}', ['hello' => 'world']);`,
    },
  ];
}

const pythonWord = (value: boolean): string => (value ? 'True' : 'False');

function python({ id, key, secret, host, port, tls }: Place): readonly SnippetPart[] {
  return [
    {
      title: 'pip install pusher',
      text: `import pusher

client = pusher.Pusher(
    app_id='${id}',
    key='${key}',
    secret='${secret}',
    host='${host}',
    port=${port},
    ssl=${pythonWord(tls)},
)
client.trigger('${CHANNEL}', '${EVENT}', {'hello': 'world'})`,
    },
  ];
}

function django({ id, key, secret, host, port, tls }: Place): readonly SnippetPart[] {
  return [
    {
      title: 'settings.py (pip install pusher)',
      text: `import pusher

PUSHER = pusher.Pusher(
    app_id='${id}',
    key='${key}',
    secret='${secret}',
    host='${host}',
    port=${port},
    ssl=${pythonWord(tls)},
)`,
    },
    {
      title: 'views.py',
      text: `from django.conf import settings
from django.http import JsonResponse


def publish(request):
    settings.PUSHER.trigger('${CHANNEL}', '${EVENT}', {'hello': 'world'})
    return JsonResponse({'ok': True})`,
    },
  ];
}

function ruby(place: Place): readonly SnippetPart[] {
  return [
    {
      title: 'gem install pusher',
      text: `require 'pusher'

pusher = Pusher::Client.new(
${rubyOptions(place, '  ')}
)
pusher.trigger('${CHANNEL}', '${EVENT}', { hello: 'world' })`,
    },
  ];
}

function rails(place: Place): readonly SnippetPart[] {
  return [
    {
      title: 'config/initializers/pusher.rb (bundle add pusher)',
      text: `PUSHER = Pusher::Client.new(
${rubyOptions(place, '  ')}
)`,
    },
    {
      title: 'In a controller or job',
      text: `PUSHER.trigger('${CHANNEL}', '${EVENT}', { hello: 'world' })`,
    },
  ];
}

function rubyOptions({ id, key, secret, host, port, tls }: Place, indent: string): string {
  const options = [
    `app_id: '${id}'`,
    `key: '${key}'`,
    `secret: '${secret}'`,
    `host: '${host}'`,
    `port: ${port}`,
    `use_tls: ${tls}`,
  ];
  return options.map((option) => `${indent}${option}`).join(',\n');
}

function go({ id, key, secret, host, port, tls }: Place): readonly SnippetPart[] {
  return [
    {
      title: 'go get github.com/pusher/pusher-http-go/v5',
      text: `package main

import "github.com/pusher/pusher-http-go/v5"

func main() {
	client := pusher.Client{
		AppID:  "${id}",
		Key:    "${key}",
		Secret: "${secret}",
		Host:   "${host}:${port}",
		Secure: ${tls},
	}
	client.Trigger("${CHANNEL}", "${EVENT}", map[string]string{"hello": "world"})
}`,
    },
  ];
}

function commandLine(place: Place): readonly SnippetPart[] {
  const { id, key, secret } = place;
  return [
    {
      title: 'Publish, on the machine of the server',
      text: `npx vask trigger ${id} ${CHANNEL} ${EVENT} '{"hello":"world"}'`,
    },
    {
      title: 'Listen, from anywhere',
      text: `npx vask listen ${id} ${CHANNEL} --key ${key} --secret ${secret} --url ${url(place)}`,
    },
  ];
}
