// An address that is no page.
import { Empty } from '../parts/empty.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';

export function NotFoundPage() {
  return (
    <Page title="No such page">
      <Empty title="There is nothing at this address">
        Go to the <Link to="/apps">apps</Link>, or choose a page at the left.
      </Empty>
    </Page>
  );
}
