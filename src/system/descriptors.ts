// How many connections this process can hold: each takes one file descriptor.
import { readFileSync } from 'node:fs';

/** Descriptors kept for files, listeners and HTTP requests. */
const RESERVED = 256;
/** Where the system does not tell. */
const UNKNOWN = 1_000_000;

export function connectionCapacity(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
    if (soft === undefined || soft === 'unlimited') return UNKNOWN;
    return Math.max(1, Number(soft) - RESERVED);
  } catch {
    // Not Linux: the limit stays with the system.
    return UNKNOWN;
  }
}
