// The URL of a request → what the doors look at.

export interface RequestTarget {
  /** As sent, percent-encoding included, with the configured prefix. */
  readonly fullPath: string;
  /** The same without the configured prefix. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/**
 * One pass; a URL object costs more than the rest of a publish.
 * @param url an absolute URL, as the engine gives it; for a request without a host, as of HTTP/1.0, the path alone.
 */
export function parseRequestTarget(url: string, pathPrefix: string): RequestTarget {
  const pathStart = url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3);
  const queryStart = url.indexOf('?', pathStart);
  const fullPath = queryStart < 0 ? url.slice(pathStart) : url.slice(pathStart, queryStart);
  const query = queryStart < 0 ? '' : url.slice(queryStart + 1);
  // A proxy may strip the prefix or leave it; both are understood.
  const hasPrefix = pathPrefix !== '' && (fullPath === pathPrefix || fullPath.startsWith(`${pathPrefix}/`));
  return { fullPath, path: hasPrefix ? fullPath.slice(pathPrefix.length) || '/' : fullPath, query };
}

/** Percent-decoding of a path; a malformed escape stays as it is, and a plus sign is one. */
export function decodePath(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
