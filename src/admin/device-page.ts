// The page on which a person lets a device in or not: plain HTML without scripts.
import { createHash } from 'node:crypto';
import type { AppRecord, DeviceRecord } from '../storage/records.ts';
import { shownUserCode } from './device-codes.ts';
import { PAGE_BRAND, PAGE_STYLE } from './page-style.ts';

/** Text that is HTML already. */
class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | Html | readonly Html[];

/** Whatever is put into the template is text, unless it was made here as well. */
function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, at) => text + written(parts[at] ?? '')).join(''));
}

function written(part: Part): string {
  if (part instanceof Html) return part.text;
  return typeof part === 'string' ? Bun.escapeHTML(part) : part.map(({ text }) => text).join('');
}

const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64');

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; ` +
    `base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

export interface Notice {
  readonly text: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function page(title: string, content: Html, notice: Notice | null): Response {
  const warning = notice === null ? html`` : html`<p class="notice" role="alert">${notice.text}</p>`;
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Vask</title>
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<main>
${new Html(PAGE_BRAND)}
<h1>${title}</h1>
${warning}
${content}
</main>
</body>
</html>
`;
  return new Response(text, { status: notice?.status ?? 200, headers: { ...HEADERS, ...notice?.headers } });
}

/** @param typed the code, kept for after the login; null when there is none yet. */
export function loginPage(typed: string | null, notice: Notice | null): Response {
  const form = html`<form method="post" action="device">
<input type="hidden" name="user_code" value="${typed ?? ''}">
<label>E-mail <input type="email" name="email" autocomplete="username" required autofocus></label>
<label>Password <input type="password" name="password" autocomplete="current-password" required></label>
<button name="action" value="login">Log in</button>
</form>`;
  return page('Log in to connect a device', form, notice);
}

export function codePage(notice: Notice | null): Response {
  const form = html`<form method="get" action="device">
<label>The code that the device shows
<input name="user_code" placeholder="ABCD-EFGH" maxlength="20" autocomplete="off" autocapitalize="characters" required autofocus>
</label>
<button>Continue</button>
</form>`;
  return page('Connect a device', form, notice);
}

export interface Question {
  readonly device: DeviceRecord;
  readonly email: string;
  readonly csrf: string;
  readonly apps: readonly AppRecord[];
}

export function questionPage({ device, email, csrf, apps }: Question, notice: Notice | null): Response {
  const options = apps.map(({ id, name }) => html`<option value="app:${id}">${name} (${id})</option>\n`);
  const form = html`<p><strong>${device.name}</strong> (${device.clientId}) wants to be connected. Go on only if you have
started this yourself, and the device shows this code:</p>
<p><code>${shownUserCode(device.userCode)}</code></p>
<p>It gets the key and the secret of the app that you choose, and may read your apps, their usage and webhooks in the
name of ${email}.</p>
<form method="post" action="device">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="user_code" value="${device.userCode}">
<label>App <select name="app"><option value="new">A new app named ${device.name}</option>
${options}</select></label>
<button name="action" value="allow">Allow</button>
<button name="action" value="deny">Deny</button>
</form>`;
  return page('Connect a device?', form, notice);
}

/** The end: there is nothing more to do here. */
export function lastPage(title: string, text: string): Response {
  return page(title, html`<p>${text}</p>`, null);
}
