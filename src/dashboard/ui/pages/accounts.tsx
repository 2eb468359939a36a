// The people of this server: accounts and invitations.
import { Page } from '../parts/page.tsx';
import { AccountsCard } from './accounts/accounts-card.tsx';
import { InvitationsCard } from './accounts/invitations-card.tsx';

export function AccountsPage() {
  return (
    <Page title="People" about="Accounts of this server. Admins see and change everything; members see their apps.">
      <AccountsCard />
      <InvitationsCard />
    </Page>
  );
}
