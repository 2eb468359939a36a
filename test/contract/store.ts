// What every store must do, whatever database it keeps its records in.
import { afterAll, beforeAll, describe } from 'bun:test';
import type { Store } from '../../src/storage/store.ts';
import { accountsContract } from './store-accounts.ts';
import { appsContract } from './store-apps.ts';
import { codesContract } from './store-codes.ts';
import { endpointsContract } from './store-endpoints.ts';
import { recordsContract } from './store-records.ts';
import { textsContract } from './store-texts.ts';

/** @param open two stores on one new database, and what closes them. */
export function storeContract(
  name: string,
  open: () => Promise<{ readonly stores: readonly [Store, Store]; close(): Promise<void> }>,
): void {
  describe(`the store on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>> | undefined;
    beforeAll(async () => {
      opened = await open();
    }, 60_000);
    afterAll(async () => {
      await opened?.close();
    });
    const storeAt = (index: 0 | 1): Store => {
      if (opened === undefined) throw new Error('the stores are not open');
      return opened.stores[index];
    };
    const stage = { one: () => storeAt(0), other: () => storeAt(1) };
    appsContract(stage);
    endpointsContract(stage);
    accountsContract(stage);
    codesContract(stage);
    recordsContract(stage);
    textsContract(stage);
  });
}
