// The catalogue of refusals of the admin API, and their form on the wire (RFC 9457). docs/admin-api.md lists the same, and
// a test compares.

interface Kind {
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it. */
  readonly advice: string;
}

export const problems = {
  badRequest: { status: 400, title: 'The request is not valid', advice: 'Repair what `errors` names.' },
  badJson: { status: 400, title: 'The body is not JSON', advice: 'Send one JSON object as UTF-8.' },
  badLink: {
    status: 400,
    title: 'The link is not valid',
    advice: 'It was used, has expired or was taken back; ask for another one.',
  },
  wrongLogin: {
    status: 401,
    title: 'E-mail or password is wrong',
    advice: 'Try again, or ask an admin. It is not told which of the two was wrong.',
  },
  notLoggedIn: {
    status: 401,
    title: 'Not logged in',
    advice: 'Log in, or send `Authorization: Bearer` with a token that is not expired.',
  },
  badCsrf: {
    status: 403,
    title: 'The CSRF token is missing or wrong',
    advice: 'Send `X-CSRF-Token` with the value that `GET /session` answers.',
  },
  crossSite: { status: 403, title: 'The request comes from another site', advice: 'Call the API from its own origin.' },
  sessionNeeded: {
    status: 403,
    title: 'Tokens may not do this',
    advice: 'Log in with e-mail and password.',
  },
  scopeMissing: {
    status: 403,
    title: 'The token lacks the scope',
    advice: 'Make a token with the scope that is named.',
  },
  adminNeeded: { status: 403, title: 'Only admins may do this', advice: 'Ask an admin.' },
  managerNeeded: {
    status: 403,
    title: 'Only who manages the app may do this',
    advice: 'Ask a member who manages it.',
  },
  notFound: {
    status: 404,
    title: 'Not found',
    advice: 'Look at the path. Apps that one is no member of are not found either.',
  },
  wrongMethod: { status: 405, title: 'The path has no such method', advice: 'Use one that `Allow` names.' },
  taken: { status: 409, title: 'It is taken', advice: 'Choose another id, key or e-mail address.' },
  appOfConfiguration: {
    status: 409,
    title: 'The app is one of the configuration',
    advice: 'Change the configuration.',
  },
  conflict: { status: 409, title: 'It cannot be done as things are', advice: 'Read `detail`.' },
  tooMany: { status: 409, title: 'There are too many of them', advice: 'Delete some first.' },
  stale: {
    status: 412,
    title: 'It has changed in the meantime',
    advice: 'Get it again, and send the new `ETag` as `If-Match`.',
  },
  tooLarge: { status: 413, title: 'The body is too large', advice: 'Send less than 64 kB.' },
  wrongMedia: {
    status: 415,
    title: 'The body is not declared as JSON',
    advice: 'Send `Content-Type: application/json`.',
  },
  conditionNeeded: {
    status: 428,
    title: 'The request must name a version',
    advice: 'Send the `ETag` that was answered before as `If-Match`.',
  },
  tooOften: { status: 429, title: 'Too many attempts', advice: 'Wait for as many seconds as `Retry-After` says.' },
  internal: { status: 500, title: 'The server failed', advice: 'Try again; the log tells more.' },
  unavailable: { status: 503, title: 'Not available now', advice: 'Try again later.' },
} as const satisfies Record<string, Kind>;

export type ProblemKind = keyof typeof problems;

/** One part of the request that must be otherwise, by JSON pointer into body, query or path. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export interface Problem {
  readonly problem: ProblemKind;
  readonly detail?: string | undefined;
  readonly errors?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuse(problem: ProblemKind, detail?: string): Problem {
  return { problem, detail };
}

/** The name that a program may tell problems apart by. */
export function problemType(kind: ProblemKind): string {
  return `urn:vask:problem:${kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function problemResponse({ problem, detail, errors, headers }: Problem): Response {
  const { status, title, advice } = problems[problem];
  const body = {
    type: problemType(problem),
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    advice,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}
