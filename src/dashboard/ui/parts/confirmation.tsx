// Asks before what cannot be undone. Any page may ask; there is one question at a time.
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type Problem, problemOfError } from '../api/client.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Field } from './field.tsx';
import { ProblemNotice } from './problem-notice.tsx';
import { toast } from './toasts.tsx';

export interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  /** What the button that does it says. */
  readonly action: string;
  /** Has to be typed before: for what many others would miss. */
  readonly typed?: string;
  readonly run: () => Promise<unknown>;
  /** Told when it is done. */
  readonly done: string;
}

const question = signal<Question | null>(null);

export function confirm(asked: Question): void {
  question.value = asked;
}

export function Confirmation() {
  return question.value && <Asked key={question.value.title} {...question.value} />;
}

function Asked({ title, text, action, typed, run, done }: Question) {
  const [answer, setAnswer] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const close = (): void => {
    question.value = null;
  };
  const doIt = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await run();
      close();
      toast(done);
    } catch (error) {
      setProblem(problemOfError(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={close}>
      <form class="stack" onSubmit={(event) => void doIt(event)}>
        <p>{text}</p>
        {typed !== undefined && <Field label={`Type ${typed} to go on`} value={answer} onChange={setAnswer} />}
        {problem && <ProblemNotice problem={problem} />}
        <div class="row">
          <Button onClick={close}>Cancel</Button>
          <Button
            type="submit"
            look="danger primary"
            disabled={isBusy || (typed !== undefined && answer.trim() !== typed)}
          >
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
