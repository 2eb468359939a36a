// The certificate of the listeners that speak TLS: it is looked at again when somebody says so, and every minute, because
// whatever renews certificates often says nothing to anybody.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TlsSettings } from '../config/schema.ts';
import type { Clock } from '../engine/ports.ts';
import type { Logger } from '../telemetry/logger.ts';

const LOOK_MS = 60_000;

export interface Certificates {
  /** When the one that is served ends; null without TLS. */
  readonly expiresAtMs: number | null;
  /** Takes up what the files have become. What cannot be used is told in the log, and the old one stays. */
  look(): void;
  stop(): void;
}

export interface CertificatesParts {
  readonly tls: TlsSettings | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Serves what the files have now. Throws when that cannot be done. */
  readonly renew: () => void;
}

interface Read {
  readonly text: string;
  readonly expiresAtMs: number;
}

/** Throws when the files cannot be read, or do not belong together. */
export function keepCertificates({ tls, clock, logger, renew }: CertificatesParts): Certificates {
  if (tls === null) return { expiresAtMs: null, look: () => undefined, stop: () => undefined };
  let served = readPair(tls);
  let lastFault = '';
  const look = (): void => {
    try {
      const read = readPair(tls);
      if (read.text === served.text) return;
      renew();
      served = read;
      lastFault = '';
      logger.log('info', 'certificateRenewed', { expires: new Date(read.expiresAtMs).toISOString() });
    } catch (error) {
      // The files may be halfway through being replaced, so the next look may find them right.
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== lastFault) logger.log('error', 'certificateFailed', { error: fault });
      lastFault = fault;
    }
  };
  return {
    get expiresAtMs() {
      return served.expiresAtMs;
    },
    look,
    stop: clock.every(LOOK_MS, look),
  };
}

function readPair({ cert, key }: TlsSettings): Read {
  const [certText, keyText] = [readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')];
  const certificate = new X509Certificate(certText);
  if (!certificate.checkPrivateKey(createPrivateKey(keyText))) {
    throw new Error('The key is not that of the certificate.');
  }
  return { text: `${certText}\n${keyText}`, expiresAtMs: Date.parse(certificate.validTo) };
}
