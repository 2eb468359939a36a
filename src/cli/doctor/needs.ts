// The checks of what a server here leans on: its folder, its certificate, the database, and where its webhooks go.
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, resolve } from 'node:path';
import { plannedMigrations } from '../../storage/open-store.ts';
import { openPostgres } from '../../storage/postgres.ts';
import { guard } from '../../webhooks/guard.ts';
import { resolveName } from '../../webhooks/post.ts';
import { certificateFaults } from '../certificate-files.ts';
import { messageOf } from '../failure.ts';
import { type Check, failed, type Outcome, ok, type Surroundings, skipped } from './check.ts';
import { DAY_MS, SOON_DAYS } from './network.ts';
import { within } from './within.ts';

export const NEED_CHECKS: readonly Check<Surroundings>[] = [
  { name: 'data folder', after: [], run: hasRoom },
  { name: 'tls files', after: [], run: hasCertificate },
  { name: 'database', after: ['data folder'], run: hasDatabase },
  { name: 'webhooks', after: [], run: reachesBackends },
];

const LEAST_FREE_BYTES = 200e6;
/** Signed requests may be off by ten minutes; clocks that are set by themselves by much less. */
const NOTABLE_CLOCK_SECONDS = 5;

function hasRoom({ config }: Surroundings): Outcome {
  const folder = resolve(config.dataDirectory);
  const there = firstThatExists(folder);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    const advice = 'Give it to the user that runs Vask, or name another one by --data-directory.';
    return failed(`${folder} cannot be written (${messageOf(error)})`, advice);
  }
  const { bavail, bsize } = statfsSync(there);
  const free = bavail * bsize;
  const detail = `${folder} can be written, ${Math.round(free / 1e6)} MB are free`;
  const advice = 'When the disk is full, no webhook and no change of an app is taken. Make room, or use another disk.';
  return free < LEAST_FREE_BYTES ? failed(detail, advice) : ok(detail);
}

/** The folder is made at the first start, where it may be. */
function firstThatExists(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : firstThatExists(dirname(path));
}

function hasCertificate({ config: { tls } }: Surroundings): Outcome {
  if (tls === null) return skipped('this server would speak no TLS itself');
  const faults = certificateFaults(tls);
  if (faults.length > 0) {
    return failed(
      faults.join('; '),
      'Both files must be PEM and belong together: tls.cert with the whole chain, and tls.key.',
    );
  }
  const blocks = readFileSync(tls.cert, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  const chain = (blocks ?? []).map((block) => new X509Certificate(block));
  const days = Math.floor((Math.min(...chain.map(({ validTo }) => Date.parse(validTo))) - Date.now()) / DAY_MS);
  const renew = 'Renew it and tell the server by SIGHUP.';
  if (days < 0) return failed('a certificate of the chain has expired', renew);
  const gap = chain.findIndex(
    (one, at) => chain[at + 1]?.checkIssued(one) === false && !one.checkIssued(chain[at + 1] ?? one),
  );
  if (gap >= 0) {
    const advice = 'Put them in order: that of the server first, then the one that has signed it, and so on.';
    return failed(`certificate ${gap + 1} of the chain is not signed by the next one`, advice);
  }
  const isAlone = chain.length === 1 && chain[0]?.checkIssued(chain[0]) === false;
  const note = isAlone ? '; no intermediate one, which clients may miss' : '';
  return ok(`${chain.length} in the chain, valid for ${days} days${days < SOON_DAYS ? ': renew it soon' : ''}${note}`);
}

async function hasDatabase({ config, timeoutMs }: Surroundings): Promise<Outcome> {
  const { databaseUrl: url, dataDirectory, secretKey } = config;
  const what = url === null ? 'SQLite' : 'PostgreSQL';
  try {
    const startMs = performance.now();
    const planned = await within(timeoutMs, plannedMigrations({ url, dataDirectory, secretKey }));
    const tookMs = performance.now() - startMs;
    const steps = planned.length === 0 ? 'up to date' : `${planned.length} migrations to come with the next start`;
    const detail = `${what} answers in ${tookMs.toFixed(0)} ms, connecting included; ${steps}`;
    return url === null ? ok(detail) : await withClockOf(url, detail, timeoutMs);
  } catch (error) {
    const advice =
      url === null
        ? 'Another program may hold the file, or it is damaged: restore it from a backup. See --data-directory.'
        : 'Check VASK_DATABASE_URL: host, port, user and password (signs in it written as %40 and so on), name, and that this machine is let in.';
    return failed(`${what}: ${messageOf(error)}`, advice);
  }
}

async function withClockOf(url: string, detail: string, timeoutMs: number): Promise<Outcome> {
  const database = await openPostgres(url);
  try {
    const asked = database.rows('select extract(epoch from clock_timestamp())::float8 as seconds');
    const [row] = await within(timeoutMs, asked);
    return judgeClock(Number(row?.['seconds']) * 1000, Date.now(), detail);
  } finally {
    await database.close();
  }
}

/** @param theirMs what the other machine says the time is. */
export function judgeClock(theirMs: number, ourMs: number, detail: string): Outcome {
  const seconds = (theirMs - ourMs) / 1000;
  if (Math.abs(seconds) < NOTABLE_CLOCK_SECONDS) return ok(`${detail}; the clocks agree`);
  const side = seconds > 0 ? 'ahead of' : 'behind';
  return failed(
    `${detail}; its clock is ${Math.abs(Math.round(seconds))} s ${side} this one`,
    'Set the clocks of both machines by NTP (timedatectl set-ntp true).',
  );
}

/** Only connects: a post would be one that the backend takes for real. `vask webhooks test` sends one. */
async function reachesBackends({ config, timeoutMs }: Surroundings): Promise<Outcome> {
  const urls = [...new Set(config.apps.flatMap(({ webhooks }) => webhooks.map(({ url }) => url)))];
  if (urls.length === 0)
    return skipped('the configuration has none; for those of the database: vask webhooks test APP WEBHOOK');
  const faults = await Promise.all(urls.map((url) => unreachable(url, config.webhookAllowedHosts, timeoutMs)));
  const bad = faults.filter((fault) => fault !== null);
  if (bad.length === 0) return ok(`${urls.length} of ${urls.length} take connections`);
  return failed(
    bad.join('; '),
    'Check names, ports and firewall. Webhooks go to public HTTPS addresses unless webhookAllowedHosts names the host.',
  );
}

async function unreachable(text: string, allowedHosts: readonly string[], timeoutMs: number): Promise<string | null> {
  const { host } = new URL(text);
  try {
    const { address, url } = await within(timeoutMs, guard(text, allowedHosts, resolveName));
    const opened = Promise.withResolvers<void>();
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    const socket = connect({ host: address, port }, opened.resolve);
    socket.on('error', opened.reject);
    await within(timeoutMs, opened.promise).finally(() => socket.destroy());
    return null;
  } catch (error) {
    return `${host}: ${messageOf(error)}`;
  }
}
