// What this program is made of: Bun and a source file, or one file that is both (`npm run build:binary`).

/** Where Bun puts the files inside of a single-file program. */
const INSIDE = /^(\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/i;

/** The command that starts this very program again, its arguments not included. */
export function ownCommand(): readonly string[] {
  // The options of the engine are inside of a single file as well, and it would take them for its own arguments.
  if (INSIDE.test(Bun.main)) return [process.execPath];
  return [process.execPath, ...process.execArgv, Bun.main];
}
