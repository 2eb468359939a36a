// Values that are shown this once, each with a button that copies it.
import { CopyButton } from './copy-button.tsx';
import { Notice } from './notice.tsx';

export function SecretOnce({ rows }: { readonly rows: readonly (readonly [name: string, value: string])[] }) {
  return (
    <>
      <Notice tone="warn">Copy it now; keep it where your backend keeps its secrets.</Notice>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd key={`${name} value`} class="row">
              <code class="break">{value}</code> <CopyButton text={value} label={`Copy: ${name}`} />
            </dd>
          </>
        ))}
      </dl>
    </>
  );
}
