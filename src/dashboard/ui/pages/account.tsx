// The own account: password, personal access tokens, connected devices.
import { session } from '../api/client.ts';
import { Page } from '../parts/page.tsx';
import { DevicesCard } from './account/devices-card.tsx';
import { PasswordCard } from './account/password-card.tsx';
import { TokensCard } from './account/tokens-card.tsx';

export function AccountPage() {
  const account = session.value?.account;
  return (
    <Page
      title="Your account"
      about={`${account?.email ?? ''}, ${account?.role === 'admin' ? 'an admin' : 'a member'}`}
    >
      <TokensCard />
      <DevicesCard />
      <PasswordCard />
    </Page>
  );
}
