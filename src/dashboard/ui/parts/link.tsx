// Links between pages. The WebSocket tester is a document of its own, since only there the browser may connect elsewhere;
// so links to it and from it load a page.
import type { ComponentChildren } from 'preact';
import { useLocation } from 'wouter-preact';
import { base } from '../places.ts';

interface LinkProps {
  /** Below the dashboard, with a slash before it. */
  readonly to: string;
  readonly children: ComponentChildren;
  readonly look?: string;
  readonly current?: boolean | undefined;
  readonly label?: string;
  readonly onClick?: () => void;
}

const isTester = (path: string): boolean => path.endsWith('/tester');

export function Link({ to, children, look, current, label, onClick }: LinkProps) {
  const [here, navigate] = useLocation();
  const follow = (event: MouseEvent): void => {
    onClick?.();
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
    if (isTester(to) || isTester(here)) return;
    event.preventDefault();
    navigate(to);
    window.scrollTo(0, 0);
  };
  return (
    <a
      href={`${base}${to}`}
      class={look}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
      onClick={follow}
    >
      {children}
    </a>
  );
}
