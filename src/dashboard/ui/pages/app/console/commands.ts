// Commands that publish what was seen, to be pasted into a shell.

export interface Publish {
  readonly app: string;
  readonly channel: string;
  readonly event: string;
  readonly data: string;
}

export function triggerCommand({ app, channel, event, data }: Publish): string {
  return ['npx', 'vask', 'trigger', app, channel, event, data].map(quoted).join(' ');
}

/** By the admin API, whose token stands where a person puts it; a signature would only count for minutes. */
export function curlCommand(rootUrl: string, { app, channel, event, data }: Publish): string {
  const url = `${rootUrl}api/v1/apps/${encodeURIComponent(app)}/events`;
  const body = JSON.stringify({ name: event, channels: [channel], data });
  return [
    `curl ${quoted(url)}`,
    `-H 'Authorization: Bearer '"$VASK_TOKEN"`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(body)}`,
  ].join(' ');
}

/** As one word for a POSIX shell. */
function quoted(word: string): string {
  return /^[-\w./:@=,]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
