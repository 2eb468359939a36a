// Who somebody is: a name and a cookie. It stands for the sign-in that a real application has anyway.
import type { BunRequest } from 'bun';

export interface User {
  readonly id: string;
  readonly name: string;
}

const COOKIE = 'vask-chat';
const MAX_SESSIONS = 1_000;

export class Sessions {
  /** By the secret in the cookie; the oldest first. */
  readonly #users = new Map<string, User>();

  open({ cookies }: BunRequest, name: string): User {
    const user = { id: crypto.randomUUID(), name };
    const secret = crypto.randomUUID();
    const [oldest] = this.#users.keys();
    if (this.#users.size >= MAX_SESSIONS && oldest !== undefined) this.#users.delete(oldest);
    this.#users.set(secret, user);
    // Strict: other sites cannot make a visitor's browser act as this user.
    cookies.set(COOKIE, secret, { httpOnly: true, sameSite: 'strict' });
    return user;
  }

  close({ cookies }: BunRequest): void {
    this.#users.delete(cookies.get(COOKIE) ?? '');
    cookies.delete(COOKIE);
  }

  /** Whose request this is; null when nobody has signed in. */
  userOf({ cookies }: BunRequest): User | null {
    return this.#users.get(cookies.get(COOKIE) ?? '') ?? null;
  }

  has(userId: string): boolean {
    return this.#users.values().some(({ id }) => id === userId);
  }
}
