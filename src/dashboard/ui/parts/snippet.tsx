// Code or a command, with a button that copies it.
import { CopyButton } from './copy-button.tsx';

export function Snippet({ text }: { readonly text: string }) {
  return (
    <div class="snippet">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it may be wider than its box, and is scrolled with the keyboard then */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} />
    </div>
  );
}
