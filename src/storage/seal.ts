// Secrets as they lie in the database: encrypted with the server's key and bound to their place, so that a leaked
// database gives nothing away and a sealed text cannot be moved to another row.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { StorageError } from './database.ts';

export const KEY_BYTES = 32;
const VERSION = 'v1.';
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface Seal {
  /** @param place where the text is kept; it must be opened with the same one. */
  close(text: string, place: string): string;
  /** Throws a StorageError when it was sealed with another key, for another place, or is damaged. */
  open(sealed: string, place: string): string;
}

export function sealWith(key: Uint8Array): Seal {
  return {
    close(text, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return VERSION + Buffer.concat([iv, encrypted, cipher.getAuthTag()]).toString('base64');
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64');
      if (!sealed.startsWith(VERSION) || bytes.length < IV_BYTES + TAG_BYTES) throw unopened();
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG_BYTES));
        const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        throw unopened();
      }
    },
  };
}

function unopened(): StorageError {
  return new StorageError('a secret in the database cannot be opened with the server key, or is damaged');
}
