// Logging in; the page that was asked for is shown afterwards.
import { useState } from 'preact/hooks';
import { logIn, type Problem, problemOfError } from '../api/client.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { Brand } from '../shell/brand.tsx';

export function LoginPage() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  document.title = 'Log in · Vask';
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await logIn(email, password);
    } catch (error) {
      setProblem(problemOfError(error));
      setBusy(false);
    }
  };
  return (
    <main class="entrance">
      <div class="card stack">
        <Brand />
        <h1>Log in</h1>
        {problem && <ProblemNotice problem={problem} />}
        <form class="stack" onSubmit={(event) => void submit(event)}>
          <Field label="E-mail" type="email" autocomplete="username" required value={email} onChange={setEmail} />
          <Field
            label="Password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onChange={setPassword}
          />
          <Button type="submit" look="primary" disabled={isBusy}>
            Log in
          </Button>
        </form>
        <p class="hint">
          No account yet? The server has printed a link for the first admin at its start; everybody else is invited. On
          the machine itself: <code>npx vask accounts create-admin EMAIL</code>.
        </p>
      </div>
    </main>
  );
}
