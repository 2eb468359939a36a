// The e-mail addresses of accounts, as far as the caller may know them.
import { isAdmin, session } from './client.ts';
import { useResource } from './resource.ts';
import type { Account, Page } from './types.ts';

const MOST = 200;

/** Id → address; of everybody for an admin, of oneself for others. */
export function useAccountNames(): ReadonlyMap<string, string> {
  const { value } = useResource<Page<Account>>(isAdmin.value ? `/accounts?limit=${MOST}` : null);
  const own = session.value?.account;
  return new Map([...(value?.items ?? []), ...(own ? [own] : [])].map(({ id, email }) => [id, email]));
}
