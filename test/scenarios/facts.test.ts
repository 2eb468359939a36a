// What the engine and the ledger tell the outbox, with nobody behind it.
import { describe, expect, test } from 'bun:test';
import type { Fact, WebhookEventName } from '../../src/core/facts.ts';
import type { Outbox } from '../../src/engine/ports.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { APP_ID } from '../support/credentials.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

interface Told {
  readonly world: World;
  /** What was told since the last look, in words. */
  next(): string[];
}

function told(refused: readonly WebhookEventName[] = [], options: WorldOptions = {}): Told {
  const facts: Fact[] = [];
  const outbox: Outbox = {
    wants: (app, name) => app === (APP_ID as AppId) && !refused.includes(name),
    add: (fact) => void facts.push(fact),
  };
  const world = createWorld({ ...options, outbox });
  const wordsOf = (fact: Fact): string => {
    const more = 'user' in fact ? ` ${fact.user}` : 'count' in fact ? ` ${fact.count}` : '';
    return `${fact.name} ${fact.channel}${more}`;
  };
  return { world, next: () => facts.splice(0).map(wordsOf) };
}

describe('the outbox', () => {
  test('[W-1.1] is told of the first subscriber of all nodes, and of the last', () => {
    const { world, next } = told(['subscription_count'], { nodes: 2 });
    const [one, two] = world.nodes.map((node) => node.client());
    one?.subscribe('room');
    expect(next()).toEqual(['channel_occupied room']);
    two?.subscribe('room');
    one?.unsubscribe('room');
    expect(next()).toEqual([]);
    two?.hangUp();
    expect(next()).toEqual(['channel_vacated room']);
  });

  test('[W-1.1] is told of the first connection of a member, and of the last', () => {
    const { world, next } = told([], { nodes: 2 });
    const clients = [...world.nodes, ...world.nodes].map((node) => node.client());
    for (const client of clients) client.subscribe('presence-room', { user_id: 'a' });
    expect(next()).toEqual(['channel_occupied presence-room', 'member_added presence-room a']);
    for (const client of clients) client.hangUp();
    expect(next()).toEqual(['member_removed presence-room a', 'channel_vacated presence-room']);
  });

  test('[W-1.1] is told of client events that were accepted, of misses and counts', () => {
    const { world, next } = told();
    const client = world.client();
    client.subscribe('private-cache-room');
    client.say('{"event":"client-a","channel":"private-cache-room","data":1}');
    client.say('{"event":"client-a","channel":"room","data":1}');
    expect(next()).toEqual([
      'channel_occupied private-cache-room',
      'cache_miss private-cache-room',
      'subscription_count private-cache-room 1',
      'client_event private-cache-room null',
    ]);
  });

  test('[W-1.1] is told of counts though subscribers are not', () => {
    const { world, next } = told();
    const client = world.client();
    client.subscribe('room');
    expect(client.nextEvents()).toEqual(['pusher_internal:subscription_succeeded']);
    expect(next()).toContain('subscription_count room 1');
  });

  test('[W-1.4] is told nothing that nobody wants', () => {
    const names: WebhookEventName[] = ['channel_occupied', 'channel_vacated', 'cache_miss', 'client_event'];
    const { world, next } = told([...names, 'member_added', 'member_removed', 'subscription_count']);
    const client = world.client();
    client.subscribe('presence-cache-room', { user_id: 'a' });
    client.say('{"event":"client-a","channel":"presence-cache-room","data":1}');
    client.hangUp();
    expect(next()).toEqual([]);
  });
});
