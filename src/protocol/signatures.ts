// HMAC-SHA256 with the secret of a key pair, and the strings that are signed (docs/protocol.md P-5).
import type { ChannelName, SocketId } from './ids.ts';

/** Signs and verifies with one secret. The keyed state is set up once and copied, which halves the cost of a signature. */
export class Signer {
  readonly #keyed: Bun.CryptoHasher;

  constructor(secret: string) {
    this.#keyed = new Bun.CryptoHasher('sha256', secret);
  }

  /** The signature of `text` (as UTF-8) in lower-case hex, 64 characters. */
  sign(text: string): string {
    return this.#keyed.copy().update(text).digest('hex');
  }

  /** Whether `signature` is that of `text`, compared in a time that does not depend on where they differ. */
  verify(text: string, signature: string): boolean {
    return equalInConstantTime(this.sign(text), signature);
  }
}

/** Compares all characters before it answers; only a difference in length shows early, and lengths are no secret. */
export function equalInConstantTime(expected: string, given: string): boolean {
  if (expected.length !== given.length) return false;
  let difference = 0;
  for (let at = 0; at < expected.length; at++) difference |= expected.charCodeAt(at) ^ given.charCodeAt(at);
  return difference === 0;
}

/** What a backend signs to let a connection into a channel; `channelData` counts on any kind of channel (P-5.2). */
export function channelStringToSign(socketId: SocketId, channel: ChannelName, channelData: string | null): string {
  return channelData === null ? `${socketId}:${channel}` : `${socketId}:${channel}:${channelData}`;
}

/** What a backend signs to sign a user in (P-5.3). */
export function userStringToSign(socketId: SocketId, userData: string): string {
  return `${socketId}::user::${userData}`;
}

/** The two halves of `key:signature`, or null when the text has another form. */
export function parseAuth(auth: string): { readonly key: string; readonly signature: string } | null {
  const colon = auth.indexOf(':');
  if (colon < 1 || colon === auth.length - 1) return null;
  return { key: auth.slice(0, colon), signature: auth.slice(colon + 1) };
}
