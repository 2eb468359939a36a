// The doors of accounts and apps beside those of clients and backends: the admin API, the device flow, and the pages
// behind one-time links.
import type { RequestTarget } from '../protocol/request-target.ts';
import { deviceDoor, isDevicePath } from './device-door.ts';
import { adminDoor } from './door.ts';
import { joinPage } from './join-page.ts';
import { API_PATH } from './routes.ts';
import type { Site } from './site.ts';

/**
 * Null for a path that is somebody else's.
 * @param remoteAddress asks for the address of the client, behind trusted proxies.
 */
export type AdminDoors = (
  request: Request,
  target: RequestTarget,
  remoteAddress: () => string,
) => Promise<Response> | Response | null;

export function adminDoors(site: Site): AdminDoors {
  const api = adminDoor(site);
  const device = deviceDoor(site);
  return (request, target, remoteAddress) => {
    const { path } = target;
    // Publishes are the many, and they are none of these.
    if (path.startsWith('/app')) return null;
    if (path.startsWith(`${API_PATH}/`)) return api(request, target, remoteAddress());
    return isDevicePath(path) ? device(request, target, remoteAddress()) : joinPage(request, target);
  };
}
