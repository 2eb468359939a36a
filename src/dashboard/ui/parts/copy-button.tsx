// A button that copies a text and says that it has.
import { Check, Copy } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { copyText } from '../copy-text.ts';
import { Button } from './button.tsx';

interface CopyButtonProps {
  readonly text: string | (() => string);
  readonly label?: string;
  readonly look?: string;
  readonly children?: ComponentChildren;
}

const SHOWN_MS = 1_500;

export function CopyButton({ text, label = 'Copy', look, children }: CopyButtonProps) {
  const [isDone, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await copyText(typeof text === 'string' ? text : text());
    setDone(true);
    setTimeout(() => setDone(false), SHOWN_MS);
  };
  const Icon = isDone ? Check : Copy;
  const icon = <Icon size={15} aria-hidden="true" />;
  if (children === undefined) {
    return (
      <Button look={look ?? 'small icon plain'} label={isDone ? 'Copied' : label} onClick={() => void copy()}>
        {icon}
      </Button>
    );
  }
  return (
    <Button look={look ?? 'small'} onClick={() => void copy()}>
      {icon} {isDone ? 'Copied' : children}
    </Button>
  );
}
