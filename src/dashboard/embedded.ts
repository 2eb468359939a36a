// The built files of the dashboard inside of the program. There are none when it runs from its sources;
// `npm run build:binary` puts a list of them in the place of this file.

/** Paths as they are below `dist/dashboard` → where the program finds them. Null when they lie there. */
export const EMBEDDED: ReadonlyMap<string, string> | null = null;
