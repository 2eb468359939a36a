// The frame around the pages of somebody who is logged in.
import { Menu } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { apps } from '../api/apps.ts';
import { Button } from '../parts/button.tsx';
import { Nav } from './nav.tsx';

export function Shell({ children }: { readonly children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const [here] = useLocation();
  const main = useRef<HTMLElement>(null);
  // Whoever has gone to another page is done with the drawer.
  useEffect(() => setOpen(false), [here]);
  return (
    <>
      <button type="button" class="button skip-link" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <div class="top-bar">
        <Button look="icon plain" label="Open the navigation" onClick={() => setOpen(true)}>
          <Menu size={20} aria-hidden="true" />
        </Button>
        <span class="where">{appName(here)}</span>
      </div>
      <div class="shell">
        <aside class="side">
          <Nav />
        </aside>
        <main ref={main} class="content" id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      {isOpen && <Drawer onClose={() => setOpen(false)} />}
    </>
  );
}

/** Of the app that is looked at. */
function appName(here: string): string {
  const id = /^\/apps\/([^/]+)/.exec(here)?.[1];
  if (id === undefined) return 'Vask';
  return apps.value?.find((app) => app.id === decodeURIComponent(id))?.name ?? 'Vask';
}

function Drawer({ onClose }: { readonly onClose: () => void }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    element.current?.showModal();
  }, []);
  const closeOutside = (event: MouseEvent): void => {
    if (event.target === element.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog ref={element} class="drawer" aria-label="Navigation" onClose={onClose} onClick={closeOutside}>
      <Nav />
    </dialog>
  );
}
