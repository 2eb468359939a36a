// Where there is nothing yet: why that is, and what to do next.
import { Inbox } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { Snippet } from './snippet.tsx';

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  /** A command to copy. */
  readonly command?: string | undefined;
}

export function Empty({ title, children, command }: EmptyProps) {
  return (
    <div class="empty">
      <Inbox size={28} strokeWidth={1.5} aria-hidden="true" />
      <h3>{title}</h3>
      {children !== undefined && <p>{children}</p>}
      {command !== undefined && <Snippet text={command} />}
    </div>
  );
}
