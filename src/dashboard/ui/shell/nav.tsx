// The navigation: the pages of the app that is looked at, those of the server, and the own account.
import {
  Activity,
  BookOpen,
  Cable,
  ChartSpline,
  FileClock,
  Hash,
  KeyRound,
  LayoutGrid,
  LogOut,
  type LucideIcon,
  Network,
  Plug,
  Send,
  Settings,
  ShieldCheck,
  UserCog,
  Users,
  UsersRound,
  Webhook,
} from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { isAdmin, logOut, rootUrl, session } from '../api/client.ts';
import { Button } from '../parts/button.tsx';
import { Link } from '../parts/link.tsx';
import { type AppPage, placeOf } from '../places.ts';
import { AppSwitcher } from './app-switcher.tsx';
import { Brand } from './brand.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

const APP_LINKS: readonly (readonly [AppPage, string, LucideIcon])[] = [
  ['overview', 'Overview', ChartSpline],
  ['connect', 'Connect', Plug],
  ['console', 'Debug console', Activity],
  ['events', 'Event creator', Send],
  ['channels', 'Channels', Hash],
  ['users', 'Users', Users],
  ['tester', 'WebSocket tester', Cable],
  ['webhooks', 'Webhooks', Webhook],
  ['keys', 'Keys', KeyRound],
  ['settings', 'Settings and limits', Settings],
  ['members', 'Members', UsersRound],
  ['changes', 'Changes', FileClock],
];

export function Nav() {
  const [here] = useLocation();
  const [, encodedApp, page] = /^\/apps\/([^/]+)(?:\/([^/]+))?/.exec(here) ?? [];
  const app = encodedApp === undefined ? null : decodeURIComponent(encodedApp);
  return (
    <nav class="nav" aria-label="Pages">
      <Brand />
      <AppSwitcher app={app} page={page ?? 'overview'} />
      {app !== null && (
        <div class="nav-group">
          {APP_LINKS.map(([name, title, Icon]) => (
            <Link key={name} to={placeOf(app, name)} look="nav-link" current={page === name}>
              <Icon size={16} aria-hidden="true" /> {title}
            </Link>
          ))}
        </div>
      )}
      <ServerLinks here={here} />
      <Me here={here} />
    </nav>
  );
}

function ServerLinks({ here }: { readonly here: string }) {
  return (
    <div class="nav-group">
      <div class="nav-title">Server</div>
      <Link to="/apps" look="nav-link" current={here === '/apps'}>
        <LayoutGrid size={16} aria-hidden="true" /> Apps
      </Link>
      {isAdmin.value && (
        <>
          <Link to="/accounts" look="nav-link" current={here === '/accounts'}>
            <UserCog size={16} aria-hidden="true" /> People
          </Link>
          <Link to="/audit" look="nav-link" current={here === '/audit'}>
            <ShieldCheck size={16} aria-hidden="true" /> Audit log
          </Link>
          <Link to="/nodes" look="nav-link" current={here === '/nodes'}>
            <Network size={16} aria-hidden="true" /> Nodes
          </Link>
        </>
      )}
      <a href={`${rootUrl}docs/`} class="nav-link">
        <BookOpen size={16} aria-hidden="true" /> Docs
      </a>
    </div>
  );
}

function Me({ here }: { readonly here: string }) {
  const account = session.value?.account;
  return (
    <div class="nav-end">
      <Link to="/account" look="nav-link who" current={here === '/account'}>
        <span>
          <strong>{account?.email}</strong>
          <span class="quiet">{account?.role === 'admin' ? 'Admin' : 'Member'} · your account</span>
        </span>
      </Link>
      <div class="row spread">
        <ThemeSwitch />
        <Button look="plain small" onClick={() => void logOut()}>
          <LogOut size={15} aria-hidden="true" /> Log out
        </Button>
      </div>
    </div>
  );
}
