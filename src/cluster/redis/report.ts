// What a node tells of itself to the others, as JSON in Redis.
import type { LoadReport, NodeReport } from '../../engine/ports.ts';

export interface NodeText extends LoadReport {
  readonly name: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly lagMs: number;
  /** Whether it has said all that it holds. */
  readonly isWhole: boolean;
}

export function describeNode(told: NodeText): string {
  return JSON.stringify(told);
}

export function isWhole(text: string): boolean {
  return read(text)['isWhole'] === true;
}

/** The name in an id, which is the name, a dot and what makes it an id. */
export function nameOfNode(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('.')));
}

interface Seen {
  readonly id: string;
  readonly leaseMs: number;
  readonly text: string;
  readonly isSelf: boolean;
}

export function nodeReport({ id, leaseMs, text, isSelf }: Seen): NodeReport {
  const told = read(text);
  const number = (name: string): number => (typeof told[name] === 'number' ? told[name] : 0);
  return {
    id,
    name: typeof told['name'] === 'string' ? told['name'] : nameOfNode(id),
    version: typeof told['version'] === 'string' ? told['version'] : '',
    startedAtMs: number('startedAtMs'),
    leaseMs,
    lagMs: number('lagMs'),
    connections: number('connections'),
    repairs: number('repairs'),
    isSelf,
  };
}

/** Another version may tell something else. */
function read(text: string): Readonly<Record<string, unknown>> {
  try {
    const told: unknown = JSON.parse(text);
    return typeof told === 'object' && told !== null ? { ...told } : {};
  } catch {
    return {};
  }
}
