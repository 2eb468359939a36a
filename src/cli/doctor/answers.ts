// The checks of what answers on the port: HTTP, Vask, its clock, and the API behind the signature.

import { httpAdvice } from '../../protocol/advice.ts';
import { httpFaults } from '../../protocol/faults.ts';
import { messageOf } from '../failure.ts';
import { send, sendSigned } from '../http-client.ts';
import { printable } from '../terminal.ts';
import { type Check, failed, type Outcome, ok, type Patient, skipped } from './check.ts';

export const REACHED = ['name', 'port', 'certificate', 'http', 'vask'];

/** The default of `signatureWindowSeconds`. */
const WINDOW_SECONDS = 600;
/** Clocks that are set by themselves differ by less; the Date header has whole seconds. */
const NOTABLE_SECONDS = 5;

export const ANSWER_CHECKS: readonly Check[] = [
  { name: 'http', after: ['name', 'port', 'certificate'], run: answers },
  { name: 'vask', after: ['name', 'port', 'certificate', 'http'], run: looksLikeVask },
  { name: 'clock', after: ['name', 'port', 'certificate', 'http'], run: agreesOnTime },
];

export const SIGNATURE_CHECK: Check = { name: 'signature', after: [...REACHED, 'key'], run: takesSignature };

async function answers(patient: Patient): Promise<Outcome> {
  const sentMs = Date.now();
  try {
    const answer = await send(patient, '/up');
    patient.health = { answer, sentMs, receivedMs: Date.now() };
    if (answer.status < 500) return ok(`GET /up answers ${answer.status}`);
    return failed(
      `GET /up answers ${answer.status}`,
      'A proxy is there but does not reach Vask behind it: check its upstream address, and that Vask runs.',
    );
  } catch (error) {
    return failed(
      messageOf(error),
      'The port is open, but what listens there does not speak HTTP, or speaks TLS (https://).',
    );
  }
}

async function looksLikeVask(patient: Patient): Promise<Outcome> {
  const { status, text } = await send(patient, '/app/vask-doctor');
  if (status === httpFaults.upgradeRequired.status && text.trim() === httpFaults.upgradeRequired.text) {
    return ok('the answers are those of Vask');
  }
  const advice =
    'Check host and port. With a path before /app, give it in the address (https://host/prefix) and as `pathPrefix`, or let the proxy cut it off.';
  return failed(
    `something else than Vask answers: GET /app/… gave ${status} instead of ${httpFaults.upgradeRequired.status}`,
    advice,
  );
}

function agreesOnTime({ health }: Patient): Outcome {
  const date = Date.parse(health?.answer.headers.get('date') ?? '');
  if (health === null || Number.isNaN(date)) return skipped('the answer has no Date header');
  // The header is cut to whole seconds, and was written somewhere between sending and receiving.
  const behind = Math.max(0, (health.sentMs - (date + 1000)) / 1000);
  const ahead = Math.max(0, (date - health.receivedMs) / 1000);
  const seconds = Math.round(Math.max(behind, ahead));
  if (seconds < NOTABLE_SECONDS) return ok('the clocks agree');
  const difference = `the clock of the server is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} this one`;
  if (seconds < WINDOW_SECONDS) return ok(`${difference}; requests are refused from ${WINDOW_SECONDS} s`);
  return failed(difference, 'Set both clocks by NTP: signed requests are refused when they differ so much.');
}

async function takesSignature(patient: Patient): Promise<Outcome> {
  const { credentials } = patient;
  if (credentials === null) return skipped('no secret was given');
  const path = `/apps/${encodeURIComponent(credentials.app)}/channels`;
  const { status, text } = await sendSigned(patient, credentials, { method: 'GET', path, parameters: [], body: '' });
  if (status === 200) return ok('a signed GET of the channels is accepted');
  const reason = printable(text.trim().replace(/: you should have sent.*/, ''));
  return failed(
    `a signed GET of the channels answers ${status} ${reason}`,
    httpAdvice(status, text) ?? 'Check the secret, and that no proxy changes the path or the query.',
  );
}
