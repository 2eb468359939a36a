// The door of the dashboard: the built front end under /dashboard and the documentation under /docs, as plain files. All
// data comes from the admin API, which has a door of its own.
import type { RequestTarget } from '../protocol/request-target.ts';
import { type BuiltFile, readBuilt } from './built-files.ts';

/** Null for a path that is somebody else's. */
export type DashboardDoor = (request: Request, target: RequestTarget) => Response | null;

/** A file of this name never changes: its name would. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Asked for each time; the files are small. */
const EACH_TIME = 'no-cache';

/** The one page on which the browser may open WebSockets to other hosts: to try out a server from here. */
const TESTER = /^\/dashboard\/apps\/[^/]+\/tester$/;

const ADVICE = `The dashboard has not been built. Run "npm run build" in the folder of Vask and reload this page;
"npm start" does it by itself.
`;

/** @param directory where `npm run build` has put its files. */
export function dashboardDoor(directory: string): DashboardDoor {
  let files: ReadonlyMap<string, BuiltFile> | null = null;
  return (request, { path }) => {
    if (!isDashboardPath(path)) return null;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
    }
    // It may be built while the server runs.
    files ??= readBuilt(directory);
    if (files === null) return textResponse(404, ADVICE);
    // Relative, so that it leads there whatever a proxy has put before it.
    if (path === '/dashboard' || path === '/docs') return redirect(`${path.slice(1)}/`);
    return path.startsWith('/docs/') ? serveDocs(files, request, path) : serveDashboard(files, request, path);
  };
}

export function isDashboardPath(path: string): boolean {
  return /^\/(dashboard|docs)(\/|$)/.test(path);
}

function serveDocs(files: ReadonlyMap<string, BuiltFile>, request: Request, path: string): Response {
  const name = path === '/docs/' ? 'index' : path.slice('/docs/'.length);
  const file =
    files.get(`docs/${name}.html`) ?? (/\.(md|json|png)$/.test(name) ? files.get(`docs/${name}`) : undefined);
  if (file === undefined) return textResponse(404, 'There is no such page; /docs lists them all.\n');
  return fileResponse(request, file, EACH_TIME, policyOf(path));
}

/** Every path but those of files is the one page, which looks at the address itself. */
function serveDashboard(files: ReadonlyMap<string, BuiltFile>, request: Request, path: string): Response {
  const below = path.slice('/dashboard/'.length);
  if (below.startsWith('assets/')) {
    const file = files.get(below);
    if (file === undefined) return textResponse(404, 'There is no such file; reload the page.\n');
    return fileResponse(request, file, FOR_EVER, policyOf(path));
  }
  const index = files.get('index.html');
  if (index === undefined) return textResponse(404, ADVICE);
  // The names of its files are relative to the dashboard itself, however deep the address is.
  const up = '../'.repeat(below.split('/').length - 1) || './';
  const html = new TextDecoder().decode(index.content).replace('<head>', `<head>\n<base href="${up}">`);
  const page = { type: index.type, content: new TextEncoder().encode(html), brotli: null, gzip: null };
  return fileResponse(request, page, EACH_TIME, policyOf(path));
}

function policyOf(path: string): string {
  const others = TESTER.test(path) ? ' ws: wss:' : '';
  return (
    `default-src 'self'; connect-src 'self'${others}; object-src 'none'; base-uri 'self'; form-action 'self'; ` +
    `frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`
  );
}

function fileResponse(request: Request, file: BuiltFile, caching: string, policy: string): Response {
  const { encoding, content } = encodedFor(request.headers.get('accept-encoding') ?? '', file);
  const headers = new Headers({
    'content-type': file.type,
    'content-length': String(content.byteLength),
    'cache-control': caching,
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    vary: 'accept-encoding',
  });
  if (encoding !== null) headers.set('content-encoding', encoding);
  return new Response(request.method === 'HEAD' ? null : content, { headers });
}

function encodedFor(accepted: string, { content, brotli, gzip }: BuiltFile) {
  if (brotli !== null && /\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted))
    return { encoding: 'br', content: brotli };
  if (gzip !== null && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted))
    return { encoding: 'gzip', content: gzip };
  return { encoding: null, content };
}

function redirect(location: string): Response {
  return new Response(null, { status: 308, headers: { location } });
}

function textResponse(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
