// Plays the cases of RFC 6455 against a server and writes down what came back.
import { TcpClient } from '../support/tcp.ts';
import { type Case, type Chapter, ERROR_FRAME, type Expected, framingChapters } from './cases.ts';
import { closing, long, utf8 } from './text-cases.ts';

export const CHAPTERS: readonly Chapter[] = [...framingChapters, utf8, closing, long];

export interface Result {
  readonly case: Case;
  readonly actual: Expected;
}

export async function playCase(port: number, each: Case): Promise<Result> {
  const client = await TcpClient.webSocket(port);
  client.socket.setNoDelay(true);
  await client.text();
  for (const bytes of each.writes) client.write(bytes);
  const actual: string[] = [];
  for (let frame = await client.frameOrEnd(); frame !== null; frame = await client.frameOrEnd()) {
    actual.push(tell(frame.opcode, frame.payload));
  }
  await client.ended;
  client.close();
  return { case: each, actual };
}

function tell(opcode: number, payload: Buffer): string {
  if (opcode === 8) return payload.length === 0 ? 'close' : `close ${payload.readUInt16BE(0)}`;
  if (opcode === 10) {
    const text = payload.toString();
    return Buffer.from(text).equals(payload) ? `pong ${text}` : `pong hex ${payload.toString('hex')}`;
  }
  const { event, data } = JSON.parse(payload.toString()) as { event: string; data: { message: string } };
  return event === ERROR_FRAME ? `${event} ${data.message}` : event;
}

/** Whether what came is what the case expects. A text that is expected may go on. */
export function isAsExpected(actual: Expected, expected: Expected): boolean {
  return actual.length === expected.length && expected.every((each, at) => actual[at]?.startsWith(each) === true);
}

const shown = (all: Expected): string => {
  if (all.length > 4) return `${all.length} frames: ${shown(all.slice(0, 2))}, …`;
  return all
    .map((each) => (each.length > 60 ? `${each.slice(0, 57).toWellFormed()}…` : each).replaceAll('|', '\\|'))
    .join(', ');
};

/** The table of a chapter in Markdown. */
export function tableOf({ title, cases }: Chapter, results: readonly Result[]): string {
  const rows = cases.map((each) => {
    const actual = results.find((result) => result.case === each)?.actual ?? [];
    const isRight = isAsExpected(actual, each.expected);
    const verdict = isRight ? 'as expected' : `deviates: ${each.deviation?.note ?? 'not explained'}`;
    return `| ${each.number} | ${each.title} | ${shown(actual)} | ${verdict} |`;
  });
  return [
    `## ${title}`,
    '',
    '| case | what is sent | what comes back | |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

const HEAD = `# Conformance to RFC 6455

What Vask answers to ${CHAPTERS.flatMap(({ cases }) => cases).length} cases, sent over a raw socket by \`test/conformance/\`. They are our own, after the list of cases of the
Autobahn test suite, whose numbers they carry; a server of this protocol does not echo, so a text here is answered by
\`pusher:pong\`, or by an error that repeats it. Chapters 12 and 13 of Autobahn are about compression, which Vask does not
agree to. A test plays all of them and compares this page; \`node bin/bun.mjs scripts/conformance.ts\` writes it again.
`;

/** The whole page. */
export function pageOf(results: readonly Result[]): string {
  const deviating = results.filter(({ case: { expected }, actual }) => !isAsExpected(actual, expected));
  const numbers = deviating.map(
    ({ case: { number, deviation } }) => `${number}: ${deviation?.note ?? 'not explained'}`,
  );
  const summary = `${results.length - deviating.length} are as expected; ${deviating.length} deviate${deviating.length === 1 ? 's' : ''}.`;
  const list = numbers.map((each) => `* ${each}.`).join('\n');
  return [HEAD, `${summary}\n\n${list}\n`, ...CHAPTERS.map((chapter) => tableOf(chapter, results))].join('\n');
}

export async function playAll(port: number): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const { cases } of CHAPTERS) for (const each of cases) results.push(await playCase(port, each));
  return results;
}
