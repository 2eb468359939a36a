// The plan of one run, for the generator: per channel its name, one signed publish request as it goes over the wire, and
// the frame that must reach each subscriber. Signing here, once, lets every server see the same bytes, and a signature
// holds for 600 s, far longer than a run.
import { createHash, createHmac } from 'node:crypto';
import { credentials } from './credentials.ts';
import type { Workload } from './workloads.ts';

const dataLengthBytes = 200;

/** What a backend would send: JSON, so that quotes have to be escaped on the way. */
function eventData(): string {
  const start = '{"id":12345,"text":"';
  const end = '"}';
  return start + 'x'.repeat(dataLengthBytes - start.length - end.length) + end;
}

function signedRequest(body: string, timestampSeconds: number): string {
  const path = `/apps/${credentials.appId}/events`;
  const bodyMd5 = createHash('md5').update(body).digest('hex');
  const query = `auth_key=${credentials.key}&auth_timestamp=${timestampSeconds}&auth_version=1.0&body_md5=${bodyMd5}`;
  const signature = createHmac('sha256', credentials.secret).update(`POST\n${path}\n${query}`).digest('hex');
  const head = [
    `POST ${path}?${query}&auth_signature=${signature} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    'X-Pusher-Library: vask-bench 1.0.0',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function record(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

export function planFor(workload: Workload, timestampSeconds: number): Buffer {
  const data = eventData();
  const name = workload.generator.workload === 'pairs' ? 'client-bench' : 'bench';
  const records: Buffer[] = [];
  for (let i = 0; i < workload.channels; i++) {
    const channel = `${workload.channelPrefix}${String(i).padStart(4, '0')}`;
    const request = signedRequest(JSON.stringify({ name, channel, data }), timestampSeconds);
    records.push(record([channel, request, JSON.stringify({ event: name, channel, data })]));
  }
  return Buffer.concat(records);
}
