// What `vask serve` prints when it is up: where it is and, for the ready-made app, lines that work when pasted.
import type { AppSettings } from '../core/app.ts';

export interface Started {
  readonly version: string;
  readonly urls: readonly string[];
  readonly pathPrefix: string;
  readonly appCount: number;
  /** The app that the server made for itself, and the file that keeps it. */
  readonly readyMade: { readonly settings: AppSettings; readonly path: string } | null;
}

export function banner({ version, urls, pathPrefix, appCount, readyMade }: Started): string {
  const addresses = urls.map((url) => `  ${reachable(url)}${pathPrefix}`);
  const head = [`Vask ${version} is listening on`, ...addresses];
  if (readyMade === null) return [...head, `with ${appCount} ${appCount === 1 ? 'app' : 'apps'}.`].join('\n');
  const url = new URL(reachable(urls[0] ?? 'http://localhost'));
  return [...head, '', ...describeApp(readyMade.settings, readyMade.path, url, pathPrefix)].join('\n');
}

/** An address that means "every one" is no place to connect to. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0', '//localhost').replace('//[::]', '//localhost');
}

function describeApp({ id, keys }: AppSettings, path: string, url: URL, pathPrefix: string): readonly string[] {
  const [{ key, secret } = { key: '', secret: '' }] = keys;
  const isSecure = url.protocol === 'https:';
  const port = url.port || (isSecure ? '443' : '80');
  const wsPath = pathPrefix === '' ? '' : ` wsPath: '${pathPrefix}',`;
  return [
    `App (kept in ${path})`,
    `  id      ${id}`,
    `  key     ${key}`,
    `  secret  ${secret}`,
    '',
    'In the browser:',
    '  <script src="https://js.pusher.com/8.4.0/pusher.min.js"></script>',
    '  <script>',
    `    const pusher = new Pusher('${key}', { wsHost: '${url.hostname}', wsPort: ${port}, wssPort: ${port},${wsPath}`,
    `      forceTLS: ${isSecure}, enabledTransports: ['ws', 'wss'], cluster: 'vask' });`,
    "    pusher.subscribe('my-channel').bind('my-event', (data) => console.log(data));",
    '  </script>',
    '',
    'In the backend (npm install pusher):',
    "  const Pusher = require('pusher');",
    `  const pusher = new Pusher({ appId: '${id}', key: '${key}', secret: '${secret}',`,
    `    host: '${url.hostname}', port: '${port}', useTLS: ${isSecure} });`,
    "  pusher.trigger('my-channel', 'my-event', { hello: 'world' });",
  ];
}
