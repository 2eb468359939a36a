// Behind one-time links: the first admin, and who was invited. The secret of the link is in the fragment, which is sent to
// nobody.
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { ask, type Problem, problemOfError, session } from '../api/client.ts';
import type { Session } from '../api/types.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { Brand } from '../shell/brand.tsx';

const LEAST_PASSWORD = 10;

interface JoinPageProps {
  readonly title: string;
  /** The path of the API that takes the link's token. */
  readonly to: string;
}

export function JoinPage({ title, to }: JoinPageProps) {
  const [token] = useState(() => location.hash.slice(1));
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [, navigate] = useLocation();
  document.title = `${title} · Vask`;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      session.value = await ask<Session>('POST', to, { body: { token, email, password } });
      navigate('/connect', { replace: true });
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  return (
    <main class="entrance">
      <div class="card stack">
        <Brand />
        <h1>{title}</h1>
        {token === '' && <Notice tone="warn">The link is not complete: what comes after # is missing.</Notice>}
        {problem && <ProblemNotice problem={problem} />}
        <form class="stack" onSubmit={(event) => void submit(event)}>
          <Field label="E-mail" type="email" autocomplete="username" required value={email} onChange={setEmail} />
          <Field
            label="Password"
            type="password"
            autocomplete="new-password"
            required
            minLength={LEAST_PASSWORD}
            hint={`At least ${LEAST_PASSWORD} characters.`}
            value={password}
            onChange={setPassword}
          />
          <Button type="submit" look="primary">
            Make the account
          </Button>
        </form>
      </div>
    </main>
  );
}
