// The checks of the WebSocket side: the upgrade through whatever stands between, the key, and a round trip.
import { closeFaultFor } from '../../protocol/advice.ts';
import { messageOf } from '../failure.ts';
import { sendSigned } from '../http-client.ts';
import { printable } from '../terminal.ts';
import { dataOf, parseFrame } from '../websocket-client.ts';
import { REACHED } from './answers.ts';
import { type Check, failed, type Outcome, ok, type Patient, skipped } from './check.ts';
import { roundTrips } from './round-trip.ts';
import { SUB_PROTOCOL, upgrade } from './upgrade.ts';

/** Nobody's key; the refusal of it shows as well that frames come through. */
const NO_KEY = 'vask-doctor';

export const SOCKET_CHECKS: readonly Check[] = [
  { name: 'websocket', after: REACHED, run: upgrades },
  { name: 'sub-protocol', after: [...REACHED, 'websocket'], run: echoes },
  { name: 'key', after: [...REACHED, 'websocket'], run: knowsKey },
];

export const ROUND_TRIP_CHECK: Check = {
  name: 'round trip',
  after: [...REACHED, 'websocket', 'key', 'signature'],
  run: delivers,
};

const NGINX = `Something between here and Vask does not pass the upgrade on. For nginx, in the location of Vask:
    proxy_pass http://127.0.0.1:6001;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
    proxy_set_header Host $host;
    proxy_read_timeout 300s;
Other proxies and load balancers have a switch for WebSocket, or need HTTP/1.1 towards Vask.`;

async function upgrades(patient: Patient): Promise<Outcome> {
  try {
    const answer = await upgrade(patient.url, patient.key ?? NO_KEY, patient.timeoutMs);
    patient.upgrade = answer;
    if (answer.status !== 101)
      return failed(`the upgrade is answered with ${answer.status} instead of 101`, adviceFor(answer.status));
    const event = answer.frame === null ? null : (parseFrame(answer.frame)?.event ?? null);
    if (event === 'pusher:connection_established') return ok('upgraded, and greeted');
    if (event === 'pusher:error') return ok('upgraded, and frames come through');
    return failed('upgraded, but no frame of the protocol came', NGINX);
  } catch (error) {
    return failed(`the upgrade is not answered (${messageOf(error)})`, NGINX);
  }
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403)
    return 'Something in front of Vask refuses it; Vask itself never answers an upgrade so. Look at its access rules.';
  if (status >= 300 && status < 400)
    return 'Clients do not follow redirects of an upgrade; use the address that it leads to.';
  return NGINX;
}

function echoes({ upgrade: answer }: Patient): Outcome {
  const echoed = answer?.headers.get('sec-websocket-protocol');
  if (echoed === SUB_PROTOCOL) return ok(`${SUB_PROTOCOL} is echoed`);
  const got = echoed === undefined ? 'nothing' : `"${printable(echoed)}"`;
  return failed(
    `offered ${SUB_PROTOCOL}, got ${got} back`,
    'Let the proxy pass Sec-WebSocket-Protocol in both directions; the Swift client gives up without it.',
  );
}

function knowsKey({ key, upgrade: answer }: Patient): Outcome {
  if (key === null) return skipped('no key was given');
  const frame = answer?.frame == null ? null : parseFrame(answer.frame);
  if (frame === null) return skipped('no frame came');
  if (frame.event === 'pusher:connection_established') return ok('the key is that of an enabled app');
  const { code, message } = dataOf(frame);
  const advice =
    closeFaultFor(Number(code), String(message))?.advice ?? 'docs/errors.md lists what a server may refuse.';
  return failed(`connecting is refused with ${String(code)}: ${printable(String(message))}`, advice);
}

async function delivers(patient: Patient): Promise<Outcome> {
  const { url, credentials, timeoutMs } = patient;
  if (credentials === null) return skipped('no secret was given');
  const channel = `vask-doctor-${crypto.randomUUID().slice(0, 8)}`;
  const publish = async (name: string): Promise<void> => {
    const body = JSON.stringify({ name, channels: [channel], data: '{}' });
    const path = `/apps/${encodeURIComponent(credentials.app)}/events`;
    const { status, text } = await sendSigned(patient, credentials, { method: 'POST', path, parameters: [], body });
    if (status !== 200) throw new Error(`publishing answers ${status} ${printable(text.trim())}`);
  };
  try {
    const times = (await roundTrips({ url, key: credentials.key, channel, timeoutMs, publish })).toSorted(
      (a, b) => a - b,
    );
    const [fastest = 0, slowest = 0, median = 0] = [times[0], times.at(-1), times[times.length >> 1]];
    return ok(
      `${times.length} events published and received; median ${median.toFixed(1)} ms (${fastest.toFixed(1)} to ${slowest.toFixed(1)})`,
    );
  } catch (error) {
    return failed(
      messageOf(error),
      'Publishing and receiving must reach the same Vask: check that /app and /apps lead to the same server. Its log at level debug shows both.',
    );
  }
}
