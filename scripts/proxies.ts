// The proxies that Debian has, for the long tests; installed as the tools of the other tests are.
import { isInstalled, PROXIES } from '../test/support/proxy.ts';
import { provideTools } from './tools.ts';

/** False when none of them can be had; of some, the tests say themselves which are missing. */
export async function provideProxies(): Promise<boolean> {
  await provideTools(
    PROXIES.map((kind) => ({
      name: kind.name,
      packages: [kind.name === 'nginx' ? 'nginx-light' : kind.program],
      neededFor: `the tests behind ${kind.name}`,
      isThere: () => isInstalled(kind),
    })),
  );
  return PROXIES.some(isInstalled);
}
