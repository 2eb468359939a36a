// Leads whoever has just made an account to the app that they can connect to.
import { useEffect } from 'preact/hooks';
import { Redirect } from 'wouter-preact';
import { apps, appsProblem, readApps } from '../api/apps.ts';
import { ProblemNotice } from '../parts/problem-notice.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { placeOf } from '../places.ts';

export function WelcomePage() {
  useEffect(() => {
    void readApps();
  }, []);
  if (appsProblem.value) return <ProblemNotice problem={appsProblem.value} again={() => void readApps()} />;
  if (apps.value === undefined) return <Skeleton height={200} />;
  const [first] = apps.value;
  return <Redirect to={first === undefined ? '/apps' : placeOf(first.id, 'connect')} replace />;
}
