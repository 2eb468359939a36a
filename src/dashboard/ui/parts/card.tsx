// A card: one matter of a page, with a heading and what can be done about it.
import type { ComponentChildren } from 'preact';

interface CardProps {
  readonly title?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
  /** Its content reaches the edges: tables do. */
  readonly flush?: boolean;
}

export function Card({ title, actions, children, flush = false }: CardProps) {
  return (
    <section class={flush ? 'card flush' : 'card'}>
      {title !== undefined && (
        <div class="card-head">
          <h2>{title}</h2>
          {actions !== undefined && <div class="row">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
