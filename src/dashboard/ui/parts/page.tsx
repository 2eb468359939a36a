// The frame of a page: its heading, one sentence, and what can be done here.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface PageProps {
  readonly title: string;
  readonly about?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
  /** Uses the width of large screens. */
  readonly wide?: boolean;
}

export function Page({ title, about, actions, children, wide = false }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Vask`;
  }, [title]);
  return (
    <div class={wide ? 'page wide' : 'page'}>
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          {about !== undefined && <p>{about}</p>}
        </div>
        {actions !== undefined && <div class="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
