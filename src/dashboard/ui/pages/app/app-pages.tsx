// The pages of one app: what they all need is read here once.
import { useEffect } from 'preact/hooks';
import { appChanged } from '../../api/apps.ts';
import { appPath, isAdmin, session } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import type { App, Key, List, Member } from '../../api/types.ts';
import { Notice } from '../../parts/notice.tsx';
import { ProblemNotice } from '../../parts/problem-notice.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { NotFoundPage } from '../not-found.tsx';
import { AppScope } from './app-scope.ts';
import { ChangesPage } from './changes.tsx';
import { ChannelPage } from './channels/channel-page.tsx';
import { ChannelsPage } from './channels/channels-page.tsx';
import { ConnectPage } from './connect/connect-page.tsx';
import { ConsolePage } from './console/console-page.tsx';
import { EventsPage } from './events/events-page.tsx';
import { KeysPage } from './keys-page.tsx';
import { MembersPage } from './members-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { SettingsPage } from './settings/settings-page.tsx';
import { TesterPage } from './tester/tester-page.tsx';
import { UsersPage } from './users-page.tsx';
import { WebhookPage } from './webhooks/webhook-page.tsx';
import { WebhooksPage } from './webhooks/webhooks-page.tsx';

interface AppPagesProps {
  readonly app: string;
  readonly page: string;
  /** What follows the page in the address: one channel, one webhook. */
  readonly rest: string;
}

export function AppPages({ app: id, page, rest }: AppPagesProps) {
  const app = useResource<App>(appPath(id));
  const keys = useResource<List<Key>>(appPath(id, 'keys'));
  const mayManageAll = isAdmin.value;
  const members = useResource<List<Member>>(mayManageAll ? null : appPath(id, 'members'));
  useEffect(() => {
    if (app.value) appChanged(app.value);
  }, [app.value]);
  const problem = app.problem ?? keys.problem ?? members.problem;
  if (problem) return <ProblemNotice problem={problem} again={() => void Promise.all([app.reload(), keys.reload()])} />;
  if (!app.value || !keys.value || !(members.value || mayManageAll)) return <Skeleton height={120} lines={3} />;
  const own = members.value?.items.find(({ account }) => account === session.value?.account.id);
  const usable = keys.value.items.filter(({ retiresAtMs }) => retiresAtMs === null || retiresAtMs > Date.now());
  const mayManage = mayManageAll || own?.role === 'manage' || own?.isOwner === true;
  const scope = {
    app: app.value,
    // The newest is the one to begin with: older ones may be on their way out.
    key: usable.at(-1)?.key ?? '',
    keys,
    mayManage,
    mayChange: mayManage && app.value.origin === 'database',
    set: app.set,
    reload: app.reload,
  };
  return (
    <AppScope.Provider value={scope}>
      {!app.value.enabled && (
        <div class="page">
          <Notice tone="warn">
            <strong>This app is disabled.</strong> Connections are closed with 4003 and requests answered 403. It is
            enabled on the page Settings and limits.
          </Notice>
        </div>
      )}
      <AppPageOf page={page} rest={rest} />
    </AppScope.Provider>
  );
}

const PAGES = {
  overview: OverviewPage,
  connect: ConnectPage,
  console: ConsolePage,
  events: EventsPage,
  channels: ChannelsPage,
  users: UsersPage,
  tester: TesterPage,
  webhooks: WebhooksPage,
  keys: KeysPage,
  settings: SettingsPage,
  members: MembersPage,
  changes: ChangesPage,
} as const;

function AppPageOf({ page, rest }: Omit<AppPagesProps, 'app'>) {
  if (page === 'channels' && rest !== '') return <ChannelPage key={rest} name={nameIn(rest)} />;
  if (page === 'webhooks' && rest !== '') return <WebhookPage key={rest} id={rest} />;
  const Found = Object.hasOwn(PAGES, page) ? PAGES[page as keyof typeof PAGES] : NotFoundPage;
  return <Found />;
}

/** The router leaves characters encoded that mean something in addresses; in names of channels they are ordinary. */
function nameIn(rest: string): string {
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}
