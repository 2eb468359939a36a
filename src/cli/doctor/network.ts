// The checks below HTTP: the name, the port, the certificate.
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate } from 'node:tls';
import { messageOf } from '../failure.ts';
import { type Check, failed, type Outcome, ok, type Patient, skipped } from './check.ts';
import { endpointOf } from './endpoint.ts';
import { within } from './within.ts';

export const DAY_MS = 86_400_000;
/** A certificate that is renewed by itself is renewed earlier than this. */
export const SOON_DAYS = 14;

export const NETWORK_CHECKS: readonly Check[] = [
  { name: 'name', after: [], run: resolves },
  { name: 'port', after: ['name'], run: connects },
  { name: 'certificate', after: ['name', 'port'], run: isCertified },
];

async function resolves({ url, timeoutMs }: Patient): Promise<Outcome> {
  const { host } = endpointOf(url);
  if (isIP(host) !== 0) return ok(`${host} is an address`);
  try {
    const found = await within(timeoutMs, lookup(host, { all: true }));
    return ok(`${host} is ${found.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    return failed(`${host} is not found (${messageOf(error)})`, 'Check the spelling of the host, and its DNS records.');
  }
}

async function connects({ url, timeoutMs }: Patient): Promise<Outcome> {
  const { host, port } = endpointOf(url);
  const opened = Promise.withResolvers<void>();
  const socket = connectTcp({ host, port }, opened.resolve);
  socket.on('error', opened.reject);
  try {
    await within(timeoutMs, opened.promise);
    return ok(`port ${port} is open`);
  } catch (error) {
    const advice =
      'Start the server, check host and port, and let the port through the firewall. A server that listens on 127.0.0.1 is reached only from its own machine.';
    return failed(`port ${port} does not take connections (${messageOf(error)})`, advice);
  } finally {
    socket.destroy();
  }
}

async function isCertified({ url, timeoutMs }: Patient): Promise<Outcome> {
  const { host, port, isSecure } = endpointOf(url);
  if (!isSecure) return skipped('the address is http://, without TLS');
  const opened = Promise.withResolvers<void>();
  const servername = isIP(host) === 0 ? { servername: host } : {};
  // A wrong certificate is looked at, not run away from: what is wrong with it is the question.
  const socket = connectTls(
    { host, port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'], ...servername },
    opened.resolve,
  );
  socket.on('error', opened.reject);
  try {
    await within(timeoutMs, opened.promise);
    return judge(host, socket.getPeerCertificate(), socket.authorized ? null : messageOf(socket.authorizationError));
  } catch (error) {
    return failed(
      `no TLS on port ${port} (${messageOf(error)})`,
      'Give the server `tls.cert` and `tls.key`, or use http:// for this port.',
    );
  } finally {
    socket.destroy();
  }
}

/** @param distrust why the chain of the certificate is not trusted, or null. */
function judge(host: string, certificate: PeerCertificate, distrust: string | null): Outcome {
  const days = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / DAY_MS);
  if (days < 0)
    return failed(
      `the certificate expired on ${certificate.valid_to}`,
      'Renew it and restart the server, or reload the proxy.',
    );
  const mismatch = checkServerIdentity(host, certificate);
  if (mismatch !== undefined) {
    return failed(
      `the certificate is not for ${host} (${mismatch.message})`,
      'Use the host name that is in the certificate, or get one for this host.',
    );
  }
  if (distrust !== null) {
    const advice =
      'Serve the full chain (certificate first, then the intermediate ones). Browsers have no switch to accept a self-signed one.';
    return failed(`the certificate is not trusted (${distrust})`, advice);
  }
  return ok(`valid for ${host}, expires in ${days} days${days < SOON_DAYS ? ': renew it soon' : ''}`);
}
