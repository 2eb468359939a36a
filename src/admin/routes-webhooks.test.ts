import { expect, test } from 'bun:test';
import { webhookRoutes } from './routes-webhooks.ts';

function faultsOf(headers: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = [];
  const report = (path: string, fault: string): void => void faults.push(`${path} ${fault}`);
  webhookRoutes.updateWebhook.body?.decode({ headers }, '', report);
  return faults;
}

test('[W-1.2] headers of an endpoint are taken unless the server sets them itself', () => {
  expect(faultsOf({ 'User-Agent': 'Mine', Authorization: 'Bearer x', 'x-empty': '', 'x_y.z': 'a' })).toEqual([]);
  for (const name of ['host', 'Accept-Encoding', 'content-LENGTH', 'x-pusher-key', 'X-Vask-A', 'Transfer-Encoding']) {
    expect([name, ...faultsOf({ [name]: 'x' })]).toEqual([name, '/headers/* is set by the server itself']);
  }
  expect(faultsOf({ 'a b': 'x' })).toEqual(['/headers/* is not a name of a header']);
  expect(faultsOf({ 'x-a': 'line\nfeed' })).toEqual(['/headers/* must have at most 4096 printable characters']);
});
