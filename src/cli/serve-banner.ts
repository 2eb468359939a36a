// What `vask serve` prints when it is up: where it is and, for the ready-made app, lines that work when pasted.
import type { AppSettings } from '../core/app.ts';

export interface Started {
  readonly version: string;
  readonly urls: readonly string[];
  readonly pathPrefix: string;
  /** Whether there is a dashboard, on the ports of the rest. */
  readonly hasDashboard: boolean;
  readonly appCount: number;
  /** Where the first admin is made; null when there is one. */
  readonly setupLink: string | null;
  /** The app that the server made for itself, and the file that keeps it. */
  readonly readyMade: { readonly settings: AppSettings; readonly path: string } | null;
}

export function banner(started: Started): string {
  const { version, urls, pathPrefix, hasDashboard, appCount, setupLink, readyMade } = started;
  const lines = [`Vask ${version} is listening on`, ...urls.map((url) => `  ${reachable(url)}${pathPrefix}`)];
  if (readyMade === null) lines.push(`with ${appCount} ${appCount === 1 ? 'app' : 'apps'}.`);
  if (hasDashboard) lines.push('', `Dashboard: ${reachable(urls[0] ?? '')}${pathPrefix}/dashboard`);
  if (readyMade !== null) {
    const url = new URL(reachable(urls[0] ?? 'http://localhost'));
    lines.push('', ...describeApp(readyMade.settings, readyMade.path, url, pathPrefix));
  }
  if (setupLink !== null) lines.push('', 'Make the first admin (once, within a day):', `  ${setupLink}`);
  return lines.join('\n');
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
