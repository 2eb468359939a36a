// Every switch and limit of an app, with what it does and what it is when nobody has set it.
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { updateApp } from '../../../api/app-writes.ts';
import { type Problem, problemOfError } from '../../../api/client.ts';
import type { App } from '../../../api/types.ts';
import { Button } from '../../../parts/button.tsx';
import { Card } from '../../../parts/card.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Page } from '../../../parts/page.tsx';
import { ProblemNotice } from '../../../parts/problem-notice.tsx';
import { toast } from '../../../parts/toasts.tsx';
import { askToDelete } from '../../apps/app-actions.tsx';
import { useAppScope } from '../app-scope.ts';
import { LimitsCard } from './limits-card.tsx';
import { NameCard } from './name-card.tsx';
import type { Save } from './settings-card.ts';
import { SwitchesCard } from './switches-card.tsx';

export function SettingsPage() {
  const { app, mayChange, set, reload } = useAppScope();
  const [problem, setProblem] = useState<Problem | null>(null);
  const save: Save = async (change) => {
    try {
      set(await updateApp(app, change));
      setProblem(null);
      toast('Saved; it is in force now');
      return true;
    } catch (error) {
      setProblem(problemOfError(error));
      return false;
    }
  };
  return (
    <Page title="Settings and limits" about="Changes are in force at once, for connections that are there as well.">
      {app.origin === 'configuration' && (
        <Notice>The configuration sets these; to change them, change it there and restart the server.</Notice>
      )}
      {problem && <ProblemNotice problem={problem} again={() => void reload().then(() => setProblem(null))} />}
      <NameCard key={`name ${app.version}`} app={app} mayChange={mayChange} save={save} />
      <SwitchesCard key={`switches ${app.version}`} app={app} mayChange={mayChange} save={save} />
      <LimitsCard key={`limits ${app.version}`} app={app} mayChange={mayChange} save={save} />
      {mayChange && <DeleteCard app={app} />}
    </Page>
  );
}

function DeleteCard({ app }: { readonly app: App }) {
  const [, navigate] = useLocation();
  return (
    <Card title="Delete the app">
      <div class="row spread">
        <p class="quiet">With all that belongs to it; its connections are closed with 4001. There is no way back.</p>
        <Button look="danger" onClick={() => askToDelete(app, () => navigate('/apps'))}>
          Delete the app
        </Button>
      </div>
    </Card>
  );
}
