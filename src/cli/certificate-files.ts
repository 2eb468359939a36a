// Looks at the files of TLS before a server does: whether they can be read, are PEM, and belong together.
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsSettings } from '../config/schema.ts';
import { messageOf } from './failure.ts';

/** What is wrong with them, one line a fault; nothing when a server could use them. */
export function certificateFaults(tls: TlsSettings | null): readonly string[] {
  if (tls === null) return [];
  const [cert, key] = [read('tls.cert', tls.cert), read('tls.key', tls.key)];
  const faults = [cert, key].flatMap((file) => ('fault' in file ? [file.fault] : []));
  if ('fault' in cert || 'fault' in key) return faults;
  try {
    createSecureContext({ cert: cert.text, key: key.text });
    return [];
  } catch (error) {
    return [`tls: the certificate and the key cannot be used together (${messageOf(error)})`];
  }
}

function read(name: string, path: string): { readonly text: string } | { readonly fault: string } {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { fault: `${name}: cannot be read (${messageOf(error)})` };
  }
}
