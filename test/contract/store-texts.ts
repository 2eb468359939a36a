// The store's contract on odd texts: what a stranger writes is only ever a value, and both databases keep the same of it.
import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import type { AppId } from '../../src/protocol/ids.ts';
import { anyText } from '../support/generators.ts';
import { ENDPOINT, NOW, newAccount, newApp, type Stage, there } from './store-stage.ts';

const INJECTIONS = [
  `'; drop table apps; --`,
  `" or "1"="1`,
  '$1',
  '?',
  '\\',
  '%',
  `' || '`,
  '\0',
  '\ud800',
  '\u{1f600}',
];
const text = fc.oneof(anyText, fc.constantFrom(...INJECTIONS));

/** What is left where text is kept as such: no NUL, no half of a pair. */
function storable(given: string): string {
  return given.toWellFormed().replaceAll('\0', '\ufffd');
}

export function textsContract({ one, other }: Stage): void {
  describe('odd texts', () => {
    test('come back as they were, but for a NUL and halves of pairs', async () => {
      const app = await newApp(one());
      await fc.assert(
        fc.asyncProperty(text, fc.array(text, { maxLength: 3 }), async (name, allowedOrigins) => {
          const { version } = there(await one().apps.get(app.id));
          await one().apps.update(app.id, version, { name, allowedOrigins }, NOW);
          const kept = there(await other().apps.get(app.id));
          // JSON can say both, so what stands in it comes back whole.
          expect([kept.name, kept.allowedOrigins]).toEqual([storable(name), allowedOrigins]);
        }),
        { numRuns: 60 },
      );
    });

    test('in what is sealed come back, too', async () => {
      const app = await newApp(one());
      await one().endpoints.create(app.id, 'e', ENDPOINT, NOW);
      for (const odd of INJECTIONS) {
        const { version } = there(await one().endpoints.get(app.id, 'e'));
        await one().endpoints.update(app.id, 'e', version, { url: odd, headers: { [odd]: odd } });
        expect(await other().endpoints.get(app.id, 'e')).toMatchObject({ url: odd, headers: { [odd]: odd } });
      }
    });

    test('as ids, hashes and addresses find nothing and break nothing', async () => {
      await newAccount(one());
      await fc.assert(
        fc.asyncProperty(text, async (odd) => {
          const id = `odd ${odd}` as AppId;
          const answers = [
            await one().apps.get(id),
            await one().apps.update(id, 1, { name: odd }, NOW),
            await one().keys.retire(id, odd, NOW),
            await one().endpoints.get(id, odd),
            await one().accounts.byEmail(id),
            await one().members.roleOf(id, odd),
            await one().sessions.get(id, NOW),
            await one().tokens.byHash(id, NOW),
            await one().invitations.redeem(id, NOW),
            await one().devices.byUserCode(id, NOW),
          ];
          expect(answers.every((answer) => answer === null)).toBe(true);
          await one().apps.list({ limit: 1, after: odd }, odd);
          await one().audit.list({ limit: 1, after: odd }, odd);
        }),
        { numRuns: 60 },
      );
      expect(await one().accounts.count()).toBeGreaterThan(0);
    });
  });
}
