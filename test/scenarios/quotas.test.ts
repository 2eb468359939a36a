// What an app and its owner may use (docs/protocol.md P-2.9, P-2.16, P-2.17, docs/http-api.md H-9.7 to H-9.9).
import { describe, expect, test } from 'bun:test';
import { createApp } from '../../src/core/app.ts';
import { spaceOf } from '../../src/engine/engine.ts';
import { type Overdrawn, raiseBroadcasts, spendBroadcasts } from '../../src/engine/quotas.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { appSettings, type TestApp } from '../support/credentials.ts';
import { createWorld, type FakeClient, type World } from '../support/world.ts';

const OVER_QUOTA = { code: 4004, reason: 'Account over quota' };
const OTHER: TestApp = { id: '1002' as AppId, keys: [{ key: 'other', secret: 'hush' }] };
const NONE = { connections: 0, connectionGraceSeconds: 0, broadcastsPerMonth: 0 };

const isIn = (client: FakeClient): boolean => client.connection !== null;

/** The first app of the world, or the other one, publishes to so many channels. */
function spend(world: World, count: number, app: TestApp = {}): Overdrawn | null {
  const { engine } = world.nodes[0];
  const known = engine.apps.byIdOrKey(appSettings(app).id) ?? createApp(appSettings(app));
  return spendBroadcasts(engine, spaceOf(engine, known), count);
}

describe('connections', () => {
  test('[P-2.16] more are let in for as long as the grace lasts, then no new ones, and nobody is closed', () => {
    const world = createWorld({ app: { limits: { connections: 1, connectionGraceSeconds: 60 } } });
    const clients = [world.client(), world.client()];
    world.clock.advance(59_000);
    clients.push(world.client());
    world.clock.advance(1_000);
    expect(world.knock().closed).toEqual(OVER_QUOTA);
    expect(clients.map(isIn)).toEqual([true, true, true]);
    expect(clients.map(({ closed }) => closed)).toEqual([null, null, null]);
  });

  test('[P-2.16] the number may be exceeded again after as long below', () => {
    const world = createWorld({ app: { limits: { connections: 1, connectionGraceSeconds: 60 } } });
    const clients = [world.client(), world.client()];
    world.clock.advance(60_000);
    for (const client of clients) client.hangUp();
    world.clock.advance(59_000);
    expect([isIn(world.knock()), isIn(world.knock())]).toEqual([true, false]);
    for (const { connections } of world.nodes.flatMap(({ engine }) => [...engine.spaces.values()])) {
      for (const { outlet } of [...connections.values()]) outlet.close(1000, '');
    }
    world.clock.advance(60_000);
    expect([isIn(world.knock()), isIn(world.knock())]).toEqual([true, true]);
  });

  test('[P-2.17] those of all apps of one owner count together', () => {
    const owner = { id: 'anna', quotas: { ...NONE, connections: 2 } };
    const world = createWorld({ apps: [{}, OTHER], owner });
    const alice = world.client();
    expect(isIn(world.knock({ key: 'other' }))).toBe(true);
    expect(world.knock({ key: 'other' }).closed).toEqual(OVER_QUOTA);
    expect(world.knock().closed).toEqual(OVER_QUOTA);
    alice.hangUp();
    expect(isIn(world.knock({ key: 'other' }))).toBe(true);
  });

  test('[P-2.17] the grace of the owner is not that of the app', () => {
    const quotas = { ...NONE, connections: 1, connectionGraceSeconds: 10 };
    const world = createWorld({ app: { limits: { connectionGraceSeconds: 600 } }, owner: { id: 'anna', quotas } });
    expect([isIn(world.knock()), isIn(world.knock())]).toEqual([true, true]);
    world.clock.advance(10_000);
    expect(isIn(world.knock())).toBe(false);
  });

  test('[P-2.17] an app that changes hands takes its connections along', () => {
    const world = createWorld({ owner: { id: 'anna', quotas: NONE } });
    const clients = [world.client(), world.client()];
    const { owners } = world.nodes[0].engine;
    world.change({}, 'bert');
    expect([owners.get('anna')?.connections, owners.get('bert')?.connections]).toEqual([0, 2]);
    for (const client of clients) client.hangUp();
    expect([owners.get('anna')?.connections, owners.get('bert')?.connections]).toEqual([0, 0]);
  });
});

describe('broadcasts', () => {
  test('[H-9.8] all of a request fits into the month, or none of it is counted', () => {
    const world = createWorld({ app: { limits: { broadcastsPerMonth: 10 } } });
    expect([spend(world, 8), spend(world, 3), spend(world, 2), spend(world, 1)]).toEqual([
      null,
      { why: 'month' },
      null,
      { why: 'month' },
    ]);
    world.clock.advance(31 * 86_400_000);
    expect(spend(world, 10)).toBeNull();
  });

  test('[H-9.8] what was used before the server started counts', () => {
    const world = createWorld({ apps: [{ limits: { broadcastsPerMonth: 10 } }, OTHER] });
    const spent = new Map([
      [world.app.id, 9],
      ['unknown' as AppId, 99],
    ]);
    raiseBroadcasts(world.nodes[0].engine, spent);
    expect([spend(world, 1), spend(world, 1)]).toEqual([null, { why: 'month' }]);
    expect(spend(world, 1, OTHER)).toBeNull();
  });

  test('[H-9.8] what the other nodes have kept counts, and what this one has counted beyond it', () => {
    const world = createWorld({ app: { limits: { broadcastsPerMonth: 10 } } });
    const [{ engine }] = world.nodes;
    spend(world, 4);
    raiseBroadcasts(engine, new Map([[world.app.id, 3]]));
    expect(spend(world, 1)).toBeNull();
    raiseBroadcasts(engine, new Map([[world.app.id, 9]]));
    expect([spend(world, 1), spend(world, 1)]).toEqual([null, { why: 'month' }]);
  });

  test('[H-9.9] those of all apps of one owner count together, those from before the start too', () => {
    const owner = { id: 'anna', quotas: { ...NONE, broadcastsPerMonth: 10 } };
    const world = createWorld({ apps: [{}, OTHER], owner });
    raiseBroadcasts(world.nodes[0].engine, new Map([[world.app.id, 4]]));
    expect([spend(world, 4), spend(world, 3, OTHER), spend(world, 2, OTHER), spend(world, 1)]).toEqual([
      null,
      { why: 'month' },
      null,
      { why: 'month' },
    ]);
  });

  test('[H-9.7] beyond the rate they wait, and nothing is counted', () => {
    const world = createWorld({ app: { limits: { messagesPerSecond: 10, broadcastsPerMonth: 30 } } });
    expect([spend(world, 10), spend(world, 5)]).toEqual([null, { why: 'rate', waitMs: 500 }]);
    world.clock.advance(500);
    expect(spend(world, 5)).toBeNull();
    world.clock.advance(1_000);
    expect([spend(world, 15), spend(world, 1)]).toEqual([null, { why: 'month' }]);
  });

  test('[H-9.8] client events are free', () => {
    const world = createWorld({ app: { limits: { broadcastsPerMonth: 1, messagesPerSecond: 1 } } });
    const [alice, bob] = [world.client(), world.client()];
    for (const client of [alice, bob]) client.subscribe('private-a');
    bob.next();
    for (let n = 0; n < 5; n++) alice.say({ event: 'client-a', channel: 'private-a', data: n });
    expect(bob.nextEvents()).toEqual(Array<string>(5).fill('client-a'));
    expect(spend(world, 1)).toBeNull();
  });
});
