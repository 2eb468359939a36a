// A payload as text, with line breaks where it is JSON. Text only: what strangers send is never markup here.
import { prettyJson } from '../format.ts';

export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    <section aria-label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it may be longer than its box, and is scrolled with the keyboard */}
      <pre class="json" tabIndex={0}>
        {prettyJson(value)}
      </pre>
    </section>
  );
}
