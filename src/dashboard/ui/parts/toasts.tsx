// Short messages that go by themselves, read out by screen readers.
import { signal } from '@preact/signals';
import { CircleCheck, TriangleAlert } from 'lucide-preact';
import { problemOfError } from '../api/client.ts';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isBad: boolean;
}

const SHOWN_MS = 4_000;
const BAD_SHOWN_MS = 9_000;

const toasts = signal<readonly Toast[]>([]);
let nextId = 1;

export function toast(text: string, isBad = false): void {
  const id = nextId++;
  toasts.value = [...toasts.value, { id, text, isBad }];
  const end = (): void => {
    toasts.value = toasts.value.filter((each) => each.id !== id);
  };
  setTimeout(end, isBad ? BAD_SHOWN_MS : SHOWN_MS);
}

/**
 * Does something small and tells how it went. @returns whether it went well.
 * @param done null where the page shows it anyway.
 */
export async function attempt(run: () => Promise<unknown>, done: string | null): Promise<boolean> {
  try {
    await run();
    if (done !== null) toast(done);
    return true;
  } catch (error) {
    const { title, detail, advice, errors = [] } = problemOfError(error);
    const faults = errors.map((fault) => `${fault.pointer.slice(1)} ${fault.detail}.`);
    toast([`${title}.`, detail, ...faults, advice].filter(Boolean).join(' '), true);
    return false;
  }
}

export function Toasts() {
  return (
    <div class="toasts" aria-live="polite">
      {toasts.value.map(({ id, text, isBad }) => (
        <div key={id} class={isBad ? 'toast bad' : 'toast'}>
          {isBad ? <TriangleAlert size={16} aria-hidden="true" /> : <CircleCheck size={16} aria-hidden="true" />}
          <span>{text}</span>
        </div>
      ))}
    </div>
  );
}
