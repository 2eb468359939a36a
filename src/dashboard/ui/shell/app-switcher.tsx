// Goes to the same page of another app.
import { useEffect } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { apps, readApps } from '../api/apps.ts';
import { Choice } from '../parts/choice.tsx';
import { APP_PAGES, base, placeOf } from '../places.ts';

interface AppSwitcherProps {
  readonly app: string | null;
  readonly page: string;
}

export function AppSwitcher({ app, page }: AppSwitcherProps) {
  const [, navigate] = useLocation();
  useEffect(() => {
    void readApps();
  }, []);
  const known = apps.value ?? [];
  const options = known.map(({ id, name }) => [id, name] as const);
  if (app === null) options.unshift(['', 'Choose an app …']);
  else if (!known.some(({ id }) => id === app)) options.unshift([app, app]);
  const go = (id: string): void => {
    if (id === '') return;
    const place = placeOf(id, APP_PAGES.find((name) => name === page) ?? 'overview');
    // The tester is a document of its own, with other permissions.
    if (page === 'tester') location.assign(`${base}${place}`);
    else navigate(place);
  };
  return <Choice quiet label="App" value={app ?? ''} options={options} onChange={go} />;
}
