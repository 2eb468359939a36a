// The two pages behind one-time links: the first admin, and who was invited. The link's secret stands in the fragment,
// which browsers send to nobody; a small script puts it into the request to the API.
import { createHash } from 'node:crypto';
import type { RequestTarget } from '../protocol/request-target.ts';
import { PAGE_BRAND, PAGE_STYLE } from './page-style.ts';

const SCRIPT = `
const form = document.querySelector('form');
const told = document.querySelector('[role=status]');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(form));
  const body = JSON.stringify({ token: location.hash.slice(1), email, password });
  const answer = await fetch(form.dataset.to, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const result = await answer.json();
  if (answer.ok) {
    history.replaceState(null, '', location.pathname);
    form.remove();
    told.textContent = 'The account ' + result.account.email + ' is made, and you are logged in.';
    // The dashboard may be switched off, or on another port.
    const next = 'dashboard/connect';
    if ((await fetch(next, { method: 'HEAD' })).ok) location.assign(next);
  } else {
    const faults = (result.errors ?? []).map(({ pointer, detail }) => pointer.slice(1) + ' ' + detail);
    told.textContent = [result.detail ?? result.title, ...faults].join('; ') + '.';
  }
});
`;

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    `default-src 'none'; script-src ${digest(SCRIPT)}; style-src ${digest(PAGE_STYLE)}; connect-src 'self'; ` +
    `form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const PAGES: ReadonlyMap<string, string> = new Map([
  ['/setup', page('Make the first admin', 'api/v1/setup')],
  ['/join', page('Accept the invitation', 'api/v1/invitations/accept')],
]);

function page(title: string, to: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Vask</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
${PAGE_BRAND}
<h1>${title}</h1>
<p role="status"></p>
<form data-to="${to}">
<label>E-mail<input name="email" type="email" autocomplete="username" required></label>
<label>Password, at least 10 characters<input name="password" type="password" autocomplete="new-password" minlength="10" required></label>
<button>Make the account</button>
</form>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Null for every other path. */
export function joinPage(request: Request, { path }: RequestTarget): Response | null {
  const found = PAGES.get(path);
  if (found === undefined) return null;
  if (request.method === 'GET' || request.method === 'HEAD') return new Response(found, { headers: HEADERS });
  return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
}
