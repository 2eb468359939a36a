// What a route is, as data: the router, the checks of access, the OpenAPI document and the access matrix test all read it.
import type { Schema, ValueOf } from './schema.ts';

/** What a personal access token may be allowed to do. A session may do everything that its account may. */
export const SCOPES = [
  'apps:read',
  'apps:write',
  'keys:write',
  'webhooks:read',
  'webhooks:write',
  'usage:read',
  'accounts:admin',
] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * Who may call: anybody; any account; an account that views or manages the app of the path (an admin manages all); an
 * admin.
 */
export type Needs = 'nobody' | 'account' | 'view' | 'manage' | 'admin';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Route {
  readonly method: Method;
  /** Below /api/v1, with the names of parameters in braces. */
  readonly path: string;
  readonly summary: string;
  readonly needs: Needs;
  /** What a token needs; `session` refuses every token, `any` takes each. Routes that need nobody have `any`. */
  readonly scope: Scope | 'session' | 'any';
  readonly query?: Schema<unknown>;
  readonly body?: Schema<unknown>;
  /** Without one the answer is 204 and empty. */
  readonly answer?: Schema<unknown>;
  /** The answer is a stream of Server-Sent Events: each event's name with the schema of its data. */
  readonly stream?: Schema<unknown>;
  /** Instead of 200. */
  readonly status?: 201;
  /** The answer carries an ETag. */
  readonly tagged?: true;
  /** The request must carry If-Match. */
  readonly conditional?: true;
  /** A write that apps of the configuration take as well: it changes nothing that the configuration says. */
  readonly onConfigured?: true;
}

/** Keeps the exact type of the route, so that its handler is typed by it. */
export function route<const Made extends Route>(made: Made): Made {
  return made;
}

export type Routes = Readonly<Record<string, Route>>;

/** The names of the parameters in a path. */
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
export type ParamsOf<Path extends string> = { readonly [Name in NamesIn<Path>]: string };

export type QueryOf<Of extends Route> = Of extends { readonly query: infer Made } ? ValueOf<Made> : null;
export type BodyOf<Of extends Route> = Of extends { readonly body: infer Made } ? ValueOf<Made> : null;
export type AnswerOf<Of extends Route> = Of extends { readonly stream: unknown }
  ? ReadableStream<Uint8Array>
  : Of extends { readonly answer: infer Made }
    ? ValueOf<Made>
    : null;
