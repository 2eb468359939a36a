// Changes the own password.
import { useState } from 'preact/hooks';
import { ask, type Problem, problemOfError, session } from '../../api/client.ts';
import type { Session } from '../../api/types.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Field } from '../../parts/field.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { toast } from '../../parts/toasts.tsx';

export function PasswordCard() {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      session.value = await ask<Session>('PUT', '/account/password', { body: { current, password } });
      toast('The password is changed; all other sessions have ended');
      setCurrent('');
      setPassword('');
      setProblem(null);
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  return (
    <Card title="Password">
      <form class="stack" onSubmit={(event) => void submit(event)}>
        {/* Tells password managers whose password it is. */}
        <input type="hidden" autocomplete="username" value={session.value?.account.email} />
        <div class="pair">
          <Field
            label="Password now"
            type="password"
            autocomplete="current-password"
            required
            value={current}
            onChange={setCurrent}
          />
          <Field
            label="New password"
            type="password"
            autocomplete="new-password"
            required
            minLength={10}
            hint="At least 10 characters."
            value={password}
            onChange={setPassword}
          />
        </div>
        {problem && <ProblemNotice problem={problem} />}
        <div class="row">
          <Button type="submit">Change the password</Button>
          <span class="hint">Ends all other sessions. Tokens and devices stay; revoke them one by one.</span>
        </div>
      </form>
    </Card>
  );
}
