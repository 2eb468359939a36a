import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { holds, jsonValue } from '../../test/support/generators.ts';
import { appOf } from './apps.ts';

const SETTINGS = {
  allowedOrigins: ['https://a.example'],
  clientEvents: true,
  subscriptionCount: false,
  subscriptionErrors: false,
  tlsOnly: false,
  userAuthentication: { enabled: true, required: false, timeoutSeconds: 20 },
  limits: { connections: 7 },
};

function row(changes: object = {}, settings: unknown = SETTINGS) {
  const times = { created_at_ms: '1764000000000', updated_at_ms: 1_764_000_000_001 };
  const fields = { id: '1', owner_id: 'a', name: 'n', enabled: 1, version: 3, ...times };
  return { ...fields, settings: JSON.stringify(settings), ...changes };
}

test('a limit that a row does not know yet has its default, and one that nobody knows any more is left out', () => {
  const { limits } = appOf(row({}, { ...SETTINGS, limits: { connections: 7, forgotten: 1 } }));
  expect(limits.connections).toBe(7);
  expect(limits.eventBytes).toBe(10_240);
  expect(limits).not.toHaveProperty('forgotten');
});

test('a damaged row is refused as such, and any other is an app', () => {
  const anyValue = jsonValue(['enabled', 'timeoutSeconds', 'connections']);
  const names = [...Object.keys(row()), ...Object.keys(SETTINGS)];
  holds(
    fc.property(fc.constantFrom(...names), anyValue, (name, value) => {
      const isSetting = Object.hasOwn(SETTINGS, name);
      const changed = isSetting ? row({}, { ...SETTINGS, [name]: value }) : row({ [name]: value });
      try {
        const app = appOf(changed);
        expect(typeof app.name).toBe('string');
        expect(typeof app.tlsOnly).toBe('boolean');
        expect(app.allowedOrigins.every((origin) => typeof origin === 'string')).toBe(true);
        expect(Object.values(app.limits).every(Number.isSafeInteger)).toBe(true);
        expect([app.version, app.createdAtMs].every(Number.isSafeInteger)).toBe(true);
      } catch (error) {
        expect(error).toHaveProperty('name', 'StorageError');
      }
    }),
  );
});
