// A refusal or a failure: what it was, what exactly was wrong, and what to do about it.
import type { Problem } from '../api/client.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

interface ProblemNoticeProps {
  readonly problem: Problem;
  readonly again?: (() => void) | undefined;
}

export function ProblemNotice({ problem, again }: ProblemNoticeProps) {
  const { title, detail, advice, errors = [] } = problem;
  return (
    <Notice
      tone="bad"
      actions={
        again && (
          <Button look="small" onClick={again}>
            Try again
          </Button>
        )
      }
    >
      <strong>{title}.</strong> {detail} {advice}
      {errors.length > 0 && (
        <ul>
          {errors.map((fault) => (
            <li key={`${fault.pointer} ${fault.detail}`}>
              <code>{fault.pointer.slice(1) || 'request'}</code> {fault.detail}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
