// The certificate's files are looked at every minute, by a clock that the test moves.
import { expect, test } from 'bun:test';
import { copyFileSync, writeFileSync } from 'node:fs';
import { keepCertificates } from '../src/assembly/certificates.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { makeCertificate } from './support/certificate.ts';
import { FakeClock } from './support/clock.ts';

const MINUTE_MS = 60_000;

test('a certificate that has changed on disk is taken up within a minute, and a broken one is told once', () => {
  using before = makeCertificate();
  using after = makeCertificate();
  const clock = new FakeClock();
  const events: string[] = [];
  const logger = createLogger('debug', 'json', Date.now, (line) => void events.push(JSON.parse(line).event));
  const renew = (): void => void events.push('renew');
  const { cert, key } = before;
  const certificates = keepCertificates({ tls: { cert, key, port: null }, clock, logger, renew });
  clock.advance(10 * MINUTE_MS);
  expect(events).toEqual([]);
  writeFileSync(cert, 'half a certif');
  clock.advance(3 * MINUTE_MS);
  expect(events.splice(0)).toEqual(['certificateFailed']);
  copyFileSync(after.cert, cert);
  copyFileSync(after.key, key);
  clock.advance(MINUTE_MS);
  expect(events.splice(0)).toEqual(['renew', 'certificateRenewed']);
  clock.advance(10 * MINUTE_MS);
  expect(events).toEqual([]);
  expect(certificates.expiresAtMs).toBeGreaterThan(Date.now());
  certificates.stop();
});

test('a key that is not that of the certificate keeps a server from starting', () => {
  using one = makeCertificate();
  using other = makeCertificate();
  const parts = { clock: new FakeClock(), logger: createLogger('error', 'json', Date.now, () => undefined) };
  const start = () =>
    keepCertificates({ ...parts, renew: () => undefined, tls: { cert: one.cert, key: other.key, port: null } });
  expect(start).toThrow('The key is not that of the certificate.');
});
