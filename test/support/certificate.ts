// A certificate for this machine that signed itself, made by hand (X.509 in DER), so that no test needs openssl.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CertificateFiles extends Disposable {
  /** Paths, as the configuration takes them. */
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

/** Of one element of DER: what kind of thing it is. `context` and `part` are for what has no kind of its own. */
const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x17,
  sequence: 0x30,
  set: 0x31,
};
const context = (number: number): number => 0xa0 + number;
const part = (number: number): number => 0x80 + number;

function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  // The shortest form that fits is the only one allowed.
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const { boolean, integer, bits, octets, oid, utf8, time, sequence, set } = TAGS;
const TRUE = element(boolean, Buffer.from([0xff]));
const bitString = (content: Uint8Array): Buffer => element(bits, Buffer.from([0]), content);
const objectId = (hex: string): Buffer => element(oid, Buffer.from(hex, 'hex'));
const utcTime = (ms: number): Buffer =>
  element(time, Buffer.from(new Date(ms).toISOString().replaceAll(/^\d\d|[-:T]|\.\d+/g, '')));

const ECDSA_WITH_SHA256 = element(sequence, objectId('2a8648ce3d040302'));
const COMMON_NAME = objectId('550403');
const SUBJECT_ALTERNATIVE_NAME = objectId('551d11');
const BASIC_CONSTRAINTS = objectId('551d13');

/** Good for `localhost` and 127.0.0.1, from yesterday until tomorrow. */
export function makeCertificate(): CertificateFiles {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const name = element(sequence, element(set, element(sequence, COMMON_NAME, element(utf8, Buffer.from('localhost')))));
  const names = element(
    sequence,
    element(part(2), Buffer.from('localhost')),
    element(part(7), Buffer.from([127, 0, 0, 1])),
  );
  const extensions = element(
    sequence,
    element(sequence, SUBJECT_ALTERNATIVE_NAME, element(octets, names)),
    element(sequence, BASIC_CONSTRAINTS, TRUE, element(octets, element(sequence, TRUE))),
  );
  const nowMs = Date.now();
  const statement = element(
    sequence,
    element(context(0), element(integer, Buffer.from([2]))),
    element(integer, Buffer.from([1]), randomBytes(8)),
    ECDSA_WITH_SHA256,
    name,
    element(sequence, utcTime(nowMs - DAY_MS), utcTime(nowMs + DAY_MS)),
    name,
    pair.publicKey,
    element(context(3), extensions),
  );
  const certificate = element(
    sequence,
    statement,
    ECDSA_WITH_SHA256,
    bitString(sign('sha256', statement, pair.privateKey)),
  );
  const directory = mkdtempSync(join(tmpdir(), 'vask-certificate-'));
  const files = { cert: join(directory, 'certificate.pem'), key: join(directory, 'key.pem') };
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  writeFileSync(files.cert, pem);
  writeFileSync(files.key, pair.privateKey);
  return { ...files, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}
