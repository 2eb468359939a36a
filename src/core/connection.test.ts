import { expect, test } from 'bun:test';
import type { ChannelName, SocketId } from '../protocol/ids.ts';
import type { App } from './app.ts';
import { Connection, type Outlet, type Subscription } from './connection.ts';

const app = {
  settings: { userAuthentication: { required: false, timeoutSeconds: 20 } },
  limits: { clientEventsPerSecond: 2 },
} as App;

const connection = () => new Connection('1.1' as SocketId, app, {} as Outlet, 1_000);
const subscription = (): Subscription => ({
  name: 'news' as ChannelName,
  member: null,
  phase: 'joining',
  hasEntered: false,
});

test('[P-3.7] forgetting a subscription leaves a later one of the same name', () => {
  const alice = connection();
  const [first, second] = [subscription(), subscription()];
  alice.removeSubscription(first);
  alice.addSubscription(first);
  alice.removeSubscription(first);
  alice.addSubscription(second);
  alice.removeSubscription(first);
  expect([...alice.subscriptions.values()]).toEqual([second]);
});

test('[P-2.14] the time to authorise runs only where it is required', () => {
  const required = { settings: { userAuthentication: { required: true, timeoutSeconds: 20 } } } as App;
  expect(connection().authorizeByMs).toBe(0);
  expect(new Connection('1.1' as SocketId, required, {} as Outlet, 1_000).authorizeByMs).toBe(21_000);
});

test('[P-7.7] client events keep to the rate of the app', () => {
  const alice = connection();
  expect([1, 2, 3].map(() => alice.takeClientEvent(0))).toEqual([true, true, false]);
  expect(alice.takeClientEvent(500)).toBe(true);
});
