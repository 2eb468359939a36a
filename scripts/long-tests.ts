// The tests that `npm test` leaves to `npm run test:long`, by folder: they install programs, or take minutes.

const LONG = /^test\/(proxies|soak)\//;

export function isLong(file: string): boolean {
  return LONG.test(file);
}
