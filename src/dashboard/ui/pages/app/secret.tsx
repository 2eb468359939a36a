// The secret of a key, hidden until somebody asks for it; that it was shown is noted in the audit log.
import { Eye, EyeOff } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { appPath, ask } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { attempt } from '../../parts/toasts.tsx';

interface SecretProps {
  readonly app: string;
  readonly keyName: string;
}

export function Secret({ app, keyName }: SecretProps) {
  const [secret, setSecret] = useState<string | null>(null);
  const reveal = async (): Promise<void> => {
    await attempt(async () => setSecret(await revealSecret(app, keyName)), 'The secret is shown, and this is noted');
  };
  if (secret === null) {
    return (
      <Button look="small" onClick={() => void reveal()}>
        <Eye size={14} aria-hidden="true" /> Show
      </Button>
    );
  }
  return (
    <span class="row">
      <code class="break">{secret}</code>
      <CopyButton text={secret} label="Copy the secret" />
      <Button look="small icon plain" label="Hide the secret" onClick={() => setSecret(null)}>
        <EyeOff size={14} aria-hidden="true" />
      </Button>
    </span>
  );
}

export async function revealSecret(app: string, key: string): Promise<string> {
  return (await ask<{ secret: string }>('GET', appPath(app, 'keys', key, 'secret'))).secret;
}
