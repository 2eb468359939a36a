// `vask doctor`: looks at a server from the outside, or at the machine for one, step by step, and says what to do about what
// it finds.
import { readFileSync } from 'node:fs';
import { command } from './command.ts';
import { configuration } from './configuration.ts';
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
  purpose: 'Examines a server from the outside or the machine for one, and says what to do about what is wrong.',
  usage: [
    'URL --key KEY --secret SECRET [options]',
    'URL --app APP [--config FILE] [options]',
    'URL',
    '[URL] --local [--config FILE] [options]',
  ],
  details: `Checks the name, the port, the certificate, HTTP, the clocks, the WebSocket upgrade through proxies, the key, the
signature, and the time from publishing to receiving. What needs a key or a secret is skipped without one.
With --local, where a server runs or will: the limits of files and of the kernel, the data folder, the files of TLS, the
database, Redis, and whether the backends of webhooks can be reached; by the settings that the server itself would read.`,
  options: {
    app: { type: 'string', value: 'APP', text: 'id or key of the app whose credentials are looked up' },
    ...CREDENTIAL_OPTIONS,
    timeout: {
      type: 'string',
      value: 'SECONDS',
      text: `how long each check may take (default ${DEFAULT_TIMEOUT_SECONDS})`,
    },
    local: { type: 'boolean', text: 'examine this machine and what the configuration names' },
    json: { type: 'boolean', text: 'print one JSON object' },
  },
  examples: [
    'vask doctor https://realtime.example.com --app 1001 --config vask.json',
    'vask doctor http://127.0.0.1:6001 --key KEY --secret SECRET --json',
    'VASK_REDIS_URL=redis://10.0.0.5 vask doctor --local',
  ],
  async execute(values, [url, ...more]) {
    const isLocal = values.local === true;
    if ((url === undefined && !isLocal) || more.length > 0)
      throw new UsageError('Expected one URL, as in https://realtime.example.com, or --local');
    const timeoutMs = (wholeNumber('timeout', values.timeout) ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
    const paint = paintFor(process.stdout);
    const tell = values.json === true ? () => {} : (finding: Finding) => print(reportOf(finding, paint));
    const patient = url === undefined ? null : await patientOf(parseServerUrl(url), values, timeoutMs);
    const here = isLocal ? { config: configuration({ config: values.config }), timeoutMs, read } : null;
    const findings = [
      ...(here === null ? [] : await examine((await import('./doctor/local.ts')).LOCAL_CHECKS, here, tell)),
      ...(patient === null ? [] : await examine(CHECKS, patient, tell)),
    ];
    const isWell = findings.every(({ status }) => status !== 'failed');
    if (values.json === true) print(JSON.stringify({ url: patient?.url ?? null, ok: isWell, checks: findings }));
    return isWell ? 0 : 1;
  },
});

async function patientOf(url: string, given: Given, timeoutMs: number): Promise<Patient> {
  const credentials = await credentialsOf(given);
  return { url, key: credentials?.key ?? given.key ?? null, credentials, timeoutMs, health: null, upgrade: null };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Another system, or one that hides it.
    return null;
  }
}

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

async function examine<Examined>(
  checks: readonly Check<Examined>[],
  examined: Examined,
  tell: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    const cause = findings.find(({ name, status }) => status === 'failed' && check.after.includes(name));
    const outcome = cause === undefined ? await runSafely(check, examined) : skipped(`because of "${cause.name}"`);
    const finding = { name: check.name, ...outcome };
    findings.push(finding);
    tell(finding);
  }
  return findings;
}

async function runSafely<Examined>(check: Check<Examined>, examined: Examined): Promise<Outcome> {
  try {
    return await check.run(examined);
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
