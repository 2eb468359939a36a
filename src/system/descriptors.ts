// How many connections this process can hold: each takes one file descriptor.
import { readFileSync } from 'node:fs';

/** Descriptors kept for files, listeners and HTTP requests. */
const RESERVED = 256;
/** Where the system does not tell. */
const UNKNOWN = 1_000_000;

export function connectionCapacity(): number {
  const limit = descriptorLimit();
  return limit === null ? UNKNOWN : Math.max(1, limit - RESERVED);
}

/** How many descriptors the process may have open; null where there is no limit, or the system does not tell. */
export function descriptorLimit(): number | null {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
    return soft === undefined || soft === 'unlimited' ? null : Number(soft);
  } catch {
    // Not Linux: the limit stays with the system.
    return null;
  }
}
