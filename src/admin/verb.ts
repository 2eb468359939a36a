// What a verb gets and gives: everything that the route promises, checked and typed.
import type { AppId } from '../protocol/ids.ts';
import type { Caller } from './authenticate.ts';
import type { Problem } from './problems.ts';
import type { AnswerOf, BodyOf, ParamsOf, QueryOf, Route, Routes } from './route.ts';
import type { SeenApp } from './seen-app.ts';

/** The version that If-Match has named; `any` for an asterisk, null where the route asks for none. */
export type Expected = number | 'any' | null;

export interface Call<Of extends Route> {
  readonly params: ParamsOf<Of['path']>;
  readonly query: QueryOf<Of>;
  readonly body: BodyOf<Of>;
  readonly caller: Of['needs'] extends 'nobody' ? Caller | null : Caller;
  readonly app: Of['needs'] extends 'view' | 'manage' ? SeenApp : null;
  readonly expected: Expected;
  readonly remoteAddress: string;
  /** The browser speaks https. */
  readonly isSecure: boolean;
  /** The value of the session's cookie, whatever it is worth. */
  readonly cookie: string | null;
  /** Asks again whether the caller may do this: what is answered may last. */
  readonly isStillAllowed: () => Promise<boolean>;
}

export interface Answered<Body> {
  readonly body: Body;
  /** For the ETag. */
  readonly version?: number;
  readonly setCookie?: string;
}

export type Verb<Of extends Route> = (call: Call<Of>) => Promise<Answered<AnswerOf<Of>> | Problem>;

export type Verbs<Of extends Routes> = { readonly [Name in keyof Of]: Verb<Of[Name]> };

/** What routes without an answer answer. */
export const DONE: Answered<null> = { body: null };

export function isProblem(value: object): value is Problem {
  return 'problem' in value;
}

/** The version that a change is made from. */
export function versionOf(expected: Expected, current: number): number {
  return typeof expected === 'number' ? expected : current;
}

export function appIdOf(text: string): AppId {
  return text as AppId;
}

/**
 * Whether something happened to this app, and not to one that had its id before: that is not for its members to see. In
 * lists with the newest first it comes last.
 */
export function isOfApp({ createdAtMs }: SeenApp, atMs: number): boolean {
  return atMs >= createdAtMs;
}
