// Whoever makes an app with the id of one that was deleted sees nothing of what happened under that id before.
import { expect, test } from 'bun:test';
import type { AppId } from '../../src/protocol/ids.ts';
import type { Attempt, Delivery } from '../../src/webhooks/delivery.ts';
import { Journal } from '../../src/webhooks/journal.ts';
import { type ApiStage, apiStage } from './api-stage.ts';

const ID = '1001' as AppId;

/** Answers from a journal that has an attempt and a dead letter of each of these moments: `d0`, `d1`, … */
function openJournal(stage: ApiStage, momentsMs: readonly number[]): void {
  const journal = new Journal(':memory:');
  const about = { app: ID, endpoint: 'e', body: '{}' };
  const log = { ...about, id: 0, attempt: 1, isTest: false, status: 500, durationMs: 1, error: null, answer: 'no' };
  for (const [at, momentMs] of momentsMs.entries()) {
    const attempt: Attempt = { ...log, delivery: `d${at}`, atMs: momentMs };
    const delivery: Delivery = { ...about, seq: 0, id: `d${at}`, sinceMs: momentMs, count: 1, deadAtMs: momentMs };
    journal.write([
      { kind: 'attempt', attempt },
      { kind: 'delivery', delivery },
    ]);
  }
  Object.assign(stage.site.webhooks, {
    deliveries: async (...query: Parameters<Journal['attempts']>) => journal.attempts(...query),
    deadLetters: async (...query: Parameters<Journal['dead']>) => journal.dead(...query),
    replay: async (selection: Parameters<Journal['revive']>[0]) => {
      const revived = journal.revive(selection, stage.clock.now());
      return [...revived.values()].reduce((sum, count) => sum + count, 0);
    },
  });
}

test('[A-4.8] an id that is used again shows nothing of the app that had it before', async () => {
  await using stage = await apiStage();
  const ann = await stage.session(await stage.account('ann@example.com'));
  const bob = await stage.session(await stage.account('bob@example.com'));
  const make = (who: typeof ann, name: string) => stage.ask('POST', '/apps', who, { body: { id: ID, name } });
  const firstMs = stage.clock.now();
  expect((await make(ann, 'Secret plans')).status).toBe(201);
  expect((await stage.ask('DELETE', `/apps/${ID}`, ann)).status).toBe(204);
  stage.clock.advance(60_000);
  expect((await make(bob, 'Newcomer')).status).toBe(201);
  const secondMs = stage.clock.now();
  openJournal(stage, [firstMs, secondMs]);
  const itemsOf = async (path: string): Promise<Readonly<Record<string, unknown>>[]> => {
    const { status, json } = await stage.ask('GET', `/apps/${ID}${path}`, bob);
    expect([path, status, json['next']]).toEqual([path, 200, null] as never);
    return json['items'] as unknown as Readonly<Record<string, unknown>>[];
  };
  for (const query of ['', '?limit=1']) {
    const changes = await itemsOf(`/audit${query}`);
    expect(changes.map(({ action, atMs }) => [action, atMs])).toEqual([['app.create', secondMs]]);
    expect((await itemsOf(`/deliveries${query}`)).map(({ delivery }) => delivery)).toEqual(['d1']);
    expect((await itemsOf(`/dead-letters${query}`)).map(({ id }) => id)).toEqual(['d1']);
  }
  const replay = (body: object) => stage.ask('POST', `/apps/${ID}/dead-letters/replay`, bob, { body });
  expect((await replay({ ids: ['d0'] })).json).toEqual({ replayed: 0 } as never);
  expect((await replay({ fromMs: 0 })).json).toEqual({ replayed: 1 } as never);
});
