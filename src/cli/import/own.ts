// Setting a nested member of an object that is being built.
import { isPlain, ownMember } from '../../config/check.ts';

/** Makes the objects on the way. */
export function setOwn(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = ownMember(target, name);
  const next: Record<string, unknown> = isPlain(inner) ? { ...inner } : {};
  setOwn(next, rest, value);
  target[name] = next;
}
