// Which page stands at which address, and what comes before all of them: who is logged in.
import { useEffect, useState } from 'preact/hooks';
import { Redirect, Route, Router, Switch } from 'wouter-preact';
import { type Problem, problemOfError, readSession, session } from './api/client.ts';
import { AccountPage } from './pages/account.tsx';
import { AccountsPage } from './pages/accounts.tsx';
import { AppPages } from './pages/app/app-pages.tsx';
import { AppsPage } from './pages/apps.tsx';
import { AuditPage } from './pages/audit.tsx';
import { JoinPage } from './pages/join.tsx';
import { LoginPage } from './pages/login.tsx';
import { NodesPage } from './pages/nodes.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { WelcomePage } from './pages/welcome.tsx';
import { Confirmation } from './parts/confirmation.tsx';
import { ProblemNotice } from './parts/problem-notice.tsx';
import { Toasts } from './parts/toasts.tsx';
import { base } from './places.ts';
import { Shell } from './shell/shell.tsx';

export function Dashboard() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const read = (): void => {
    setProblem(null);
    readSession().catch((error: unknown) => setProblem(problemOfError(error)));
  };
  useEffect(read, []);
  return (
    <Router base={base}>
      {problem === null ? <Pages /> : <Unreachable problem={problem} again={read} />}
      <Confirmation />
      <Toasts />
    </Router>
  );
}

function Unreachable({ problem, again }: { readonly problem: Problem; readonly again: () => void }) {
  return (
    <main class="entrance">
      <ProblemNotice problem={problem} again={again} />
    </main>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/setup">
        <JoinPage title="Make the first admin" to="/setup" />
      </Route>
      <Route path="/join">
        <JoinPage title="Accept the invitation" to="/invitations/accept" />
      </Route>
      <Route>{session.value === null ? <LoginPage /> : session.value && <Inside />}</Route>
    </Switch>
  );
}

function Inside() {
  return (
    <Shell>
      <Switch>
        <Route path="/">
          <Redirect to="/apps" replace />
        </Route>
        <Route path="/apps" component={AppsPage} />
        <Route path="/connect" component={WelcomePage} />
        <Route path="/apps/:app/:page/*?">
          {(params) => <AppPages key={params.app} app={params.app} page={params.page} rest={params['*'] ?? ''} />}
        </Route>
        <Route path="/apps/:app">{({ app }) => <Redirect to={`/apps/${app}/overview`} replace />}</Route>
        <Route path="/account" component={AccountPage} />
        <Route path="/accounts" component={AccountsPage} />
        <Route path="/audit" component={AuditPage} />
        <Route path="/nodes" component={NodesPage} />
        <Route component={NotFoundPage} />
      </Switch>
    </Shell>
  );
}
