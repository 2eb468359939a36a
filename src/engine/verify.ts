// Checks what a client shows as proof that the app's backend lets it in.
import type { App } from '../core/app.ts';
import { type FrameFault, frameFaults, type Refusal, refusal } from '../protocol/faults.ts';
import { parseAuth } from '../protocol/signatures.ts';

/** The signed text is what a developer compares; channel_data makes it long. */
const SIGNED_ECHO_LENGTH = 2_000;
const GOT_ECHO_LENGTH = 100;

/** Null when `auth` (`key:signature`) is the signature of `signed` by an active key of the app (P-5.1). */
export function checkAuth(app: App, auth: string, signed: string): Refusal<FrameFault> | null {
  const parts = parseAuth(auth);
  if (parts === null) return refusal(frameFaults.authMalformed);
  const signer = app.signers.get(parts.key);
  if (signer === undefined) return refusal(frameFaults.authWrongKey, { key: parts.key });
  if (signer.verify(signed, parts.signature)) return null;
  const details = { signed: JSON.stringify(signed), got: JSON.stringify(parts.signature.slice(0, GOT_ECHO_LENGTH)) };
  return refusal(frameFaults.authWrongSignature, details, SIGNED_ECHO_LENGTH);
}
