// Method and path → the route. Nothing but names is looked at here.
import type { Route, Routes } from './route.ts';

export interface Matched {
  readonly name: string;
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** What the path has when the method does not fit. */
export interface Unmatched {
  /** Empty when there is no such path. */
  readonly methods: readonly string[];
}

type Match = (method: string, path: string) => Matched | Unmatched;

/** No id or name is longer, with each of its characters encoded. */
const MAX_PARAM_LENGTH = 2_000;

/** @param routes of which no two have the same method and fit the same path, but where one has a name for a parameter. */
export function matcher(routes: Routes): Match {
  const known = Object.entries(routes).map(([name, route]) => ({ name, route, parts: route.path.split('/') }));
  // A name comes before a parameter that would fit it as well.
  known.sort((a, b) => parametersOf(a.parts) - parametersOf(b.parts));
  return (method, path) => {
    const sent = path.split('/');
    const methods = new Set<string>();
    for (const { name, route, parts } of known) {
      const params = paramsOf(parts, sent);
      if (params === null) continue;
      if (route.method === method || (route.method === 'GET' && method === 'HEAD')) return { name, route, params };
      methods.add(route.method);
    }
    return { methods: [...methods] };
  };
}

function parametersOf(parts: readonly string[]): number {
  return parts.filter((part) => part.startsWith('{')).length;
}

function paramsOf(parts: readonly string[], sent: readonly string[]): Record<string, string> | null {
  if (parts.length !== sent.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of parts.entries()) {
    const given = sent[at] ?? '';
    if (part.startsWith('{')) {
      const value = decode(given);
      if (value === null) return null;
      params[part.slice(1, -1)] = value;
    } else if (part !== given) return null;
  }
  return params;
}

/** Null for what cannot be the id of anything. */
function decode(text: string): string | null {
  if (text === '' || text.length > MAX_PARAM_LENGTH) return null;
  try {
    const value = decodeURIComponent(text);
    return value.isWellFormed() && !value.includes('\0') ? value : null;
  } catch {
    return null;
  }
}
