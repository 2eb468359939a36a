import { expect, test } from 'bun:test';
import type { App } from '../core/app.ts';
import { staticAppStore } from './static.ts';

function app(id: string, ...keys: string[]): App {
  return { id, settings: { keys: keys.map((key) => ({ key, secret: 'secret' })) } } as unknown as App;
}

const one = app('1', 'old', 'new');
const two = app('2', 'other');
const store = staticAppStore([one, two]);

test('an app is found by each of its keys', () => {
  expect(store.byKey('old')).toBe(one);
  expect(store.byKey('new')).toBe(one);
  expect(store.byKey('1')).toBeNull();
});

test('an app is found by its id or a key where either may stand', () => {
  expect(store.byIdOrKey('1')).toBe(one);
  expect(store.byIdOrKey('new')).toBe(one);
  expect(store.byIdOrKey('other')).toBe(two);
  expect(store.byIdOrKey('3')).toBeNull();
});

test('names that every object inherits are unknown', () => {
  for (const name of ['__proto__', 'constructor', 'toString', '']) {
    expect(store.byKey(name)).toBeNull();
    expect(store.byIdOrKey(name)).toBeNull();
  }
});

test('all apps are listed in their order', () => {
  expect(store.all()).toEqual([one, two]);
});
