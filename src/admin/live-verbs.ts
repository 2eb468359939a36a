// What runs at this moment: the live feed, rates, the server and its nodes.
import { appRates } from '../engine/app-rates.ts';
import { learnNodes } from '../engine/ask-nodes.ts';
import { Unavailable } from '../engine/failure.ts';
import { watchApp } from '../engine/watch-app.ts';
import type { AppId } from '../protocol/ids.ts';
import type { EventStream } from './event-streams.ts';
import { refuse } from './problems.ts';
import type { liveRoutes } from './routes-live.ts';
import { isConfigured, runningApp } from './seen-app.ts';
import { NOT_RUNNING, type Site } from './site.ts';
import { type Call, isProblem, type Verbs } from './verb.ts';

export function liveVerbs(site: Site): Verbs<typeof liveRoutes> {
  const { node, live } = site;
  return {
    async showRates({ caller }) {
      if (node === undefined) return refuse('unavailable', NOT_RUNNING);
      const seen = await seenBy(site, caller);
      const apps = live.apps.all().filter((app) => seen === 'all' || (!isConfigured(app) && seen.has(app.id)));
      return { body: { apps: Object.fromEntries(appRates(node.engine, apps)) } };
    },

    async watchApp(call) {
      return watch(site, call);
    },

    async showServer() {
      if (node === undefined) return refuse('unavailable', NOT_RUNNING);
      const { protocol, hostname, port, pathname } = new URL(site.baseUrl);
      const tls = protocol === 'https:';
      const clientAddress = {
        host: hostname,
        port: port === '' ? (tls ? 443 : 80) : Number(port),
        tls,
        pathPrefix: pathname.replace(/\/$/, ''),
      };
      return { body: { version: node.version, clientAddress, cluster: node.cluster } };
    },

    async showNodes() {
      if (node === undefined) return refuse('unavailable', NOT_RUNNING);
      const { liveness } = node.engine.cluster;
      try {
        const nodes = await learnNodes(node.engine);
        return { body: { cluster: node.cluster, absence: liveness.absence, nodes: nodes.map(inWholeNumbers) } };
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        return { body: { cluster: node.cluster, absence: liveness.absence ?? error.message, nodes: [] } };
      }
    },
  };
}

function inWholeNumbers<Of extends { readonly leaseMs: number; readonly lagMs: number; readonly startedAtMs: number }>(
  report: Of,
): Of {
  const { leaseMs, lagMs, startedAtMs } = report;
  const [lease, lag, started] = [leaseMs, lagMs, startedAtMs].map((each) => Math.max(0, Math.round(each)));
  return { ...report, leaseMs: lease ?? 0, lagMs: lag ?? 0, startedAtMs: started ?? 0 };
}

/** The ids of the apps that the caller may see; `all` for an admin. */
async function seenBy({ store }: Site, { account }: Call<typeof liveRoutes.showRates>['caller']) {
  if (account.role === 'admin') return 'all';
  const seen = new Set<AppId>();
  let after: string | undefined;
  do {
    const page = await store.apps.list({ limit: 200, after }, account.id);
    for (const { id } of page) seen.add(id);
    after = page.length < 200 ? undefined : page.at(-1)?.id;
  } while (after !== undefined);
  return seen;
}

function watch(site: Site, { app, caller, isStillAllowed }: Call<typeof liveRoutes.watchApp>) {
  const { node, streams } = site;
  if (node === undefined) return refuse('unavailable', NOT_RUNNING);
  const running = runningApp(site, app.id);
  if (isProblem(running)) return running;
  let stream: EventStream | null = null;
  const end = watchApp(node.engine, app.id, {
    isAdmin: caller.account.role === 'admin',
    show(shown) {
      if (shown.kind === 'happenings') stream?.send('happenings', shown.entries);
      else if (shown.kind === 'sample') stream?.send('sample', shown.sample);
      else stream?.send('dropped', { count: shown.count });
    },
  });
  if (end === null) return refuse('unavailable', 'As many watch on this node as may; close another page that does.');
  const session = caller.kind === 'session' ? caller.session.hash : null;
  stream = streams.open({ session, isStillAllowed, ended: end });
  return { body: stream.body };
}
