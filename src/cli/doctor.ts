// `vask doctor`: looks at a server from the outside, step by step, and says what to do about what it finds.
import { command } from './command.ts';
import { ANSWER_CHECKS, SIGNATURE_CHECK } from './doctor/answers.ts';
import { type Check, failed, type Outcome, type Patient, skipped } from './doctor/check.ts';
import { NETWORK_CHECKS } from './doctor/network.ts';
import { ROUND_TRIP_CHECK, SOCKET_CHECKS } from './doctor/sockets.ts';
import { Failure, messageOf, UsageError } from './failure.ts';
import { CREDENTIAL_OPTIONS, type Credentials, findCredentials, parseServerUrl } from './target.ts';
import { type Paint, paintFor, print } from './terminal.ts';
import { wholeNumber } from './values.ts';

const CHECKS: readonly Check[] = [
  ...NETWORK_CHECKS,
  ...ANSWER_CHECKS,
  ...SOCKET_CHECKS,
  SIGNATURE_CHECK,
  ROUND_TRIP_CHECK,
];
const DEFAULT_TIMEOUT_SECONDS = 5;
const NAME_WIDTH = 14;

type Finding = Outcome & { readonly name: string };

export const doctor = command({
  name: 'doctor',
  purpose: 'Examines a server from the outside, and says what to do about what is wrong.',
  usage: ['URL --key KEY --secret SECRET [options]', 'URL --app APP [--config FILE] [options]', 'URL'],
  details: `Checks the name, the port, the certificate, HTTP, the clocks, the WebSocket upgrade through proxies, the key, the
signature, and the time from publishing to receiving. What needs a key or a secret is skipped without one.`,
  options: {
    app: { type: 'string', value: 'APP', text: 'id or key of the app whose credentials are looked up' },
    ...CREDENTIAL_OPTIONS,
    timeout: {
      type: 'string',
      value: 'SECONDS',
      text: `how long each check may take (default ${DEFAULT_TIMEOUT_SECONDS})`,
    },
    json: { type: 'boolean', text: 'print one JSON object' },
  },
  examples: [
    'vask doctor https://realtime.example.com --app 1001 --config vask.json',
    'vask doctor http://127.0.0.1:6001 --key KEY --secret SECRET --json',
  ],
  async execute(values, [url, ...more]) {
    if (url === undefined || more.length > 0)
      throw new UsageError('Expected one URL, as in https://realtime.example.com');
    const credentials = await credentialsOf(values);
    const timeoutSeconds = wholeNumber('timeout', values.timeout) ?? DEFAULT_TIMEOUT_SECONDS;
    const patient: Patient = {
      url: parseServerUrl(url),
      key: credentials?.key ?? values.key ?? null,
      credentials,
      timeoutMs: timeoutSeconds * 1000,
      health: null,
      upgrade: null,
    };
    const paint = paintFor(process.stdout);
    const findings = await examine(
      patient,
      values.json === true ? () => {} : (finding) => print(reportOf(finding, paint)),
    );
    const isWell = findings.every(({ status }) => status !== 'failed');
    if (values.json === true) print(JSON.stringify({ url: patient.url, ok: isWell, checks: findings }));
    return isWell ? 0 : 1;
  },
});

interface Given {
  readonly app?: string | undefined;
  readonly config?: string | undefined;
  readonly key?: string | undefined;
  readonly secret?: string | undefined;
}

/** A key alone is fine, and so is nothing: then less is looked at. */
async function credentialsOf(given: Given): Promise<Credentials | null> {
  const { app, key, secret } = given;
  if (app !== undefined || secret !== undefined) return await findCredentials(app ?? null, given);
  if (given.config !== undefined) return await findCredentials(key ?? null, given);
  if (key === undefined) return null;
  try {
    return await findCredentials(key, given);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

async function examine(patient: Patient, tell: (finding: Finding) => void): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    const cause = findings.find(({ name, status }) => status === 'failed' && check.after.includes(name));
    const outcome = cause === undefined ? await runSafely(check, patient) : skipped(`because of "${cause.name}"`);
    const finding = { name: check.name, ...outcome };
    findings.push(finding);
    tell(finding);
  }
  return findings;
}

async function runSafely(check: Check, patient: Patient): Promise<Outcome> {
  try {
    return await check.run(patient);
  } catch (error) {
    return failed(
      messageOf(error),
      'It worked a moment ago: look whether the server restarts or the network is unsteady, and try again.',
    );
  }
}

function reportOf(finding: Finding, { dim, green, red, bold }: Paint): string {
  const { name, status, detail } = finding;
  const mark = status === 'ok' ? green('ok     ') : status === 'failed' ? red(bold('failed ')) : dim('skipped');
  const line = `${mark}  ${name.padEnd(NAME_WIDTH)}${status === 'skipped' ? dim(detail) : detail}`;
  if (finding.status !== 'failed') return line;
  return [line, ...finding.advice.split('\n').map((advice) => `         ${advice}`)].join('\n');
}
