// Personal access tokens in SQL. Only a hash of the token is kept.
import { type Database, firstRow, insert, type Row } from './database.ts';
import type { TokenRecord } from './records.ts';
import { textIn, textsIn, wholeIn, wholeOrNullIn } from './rows.ts';
import type { TokenTable } from './store.ts';

export function tokenTable(database: Database): TokenTable {
  return {
    async list(accountId) {
      const statement = 'select * from tokens where account_id = $1 order by created_at_ms, id';
      return (await database.rows(statement, accountId)).map(tokenOf);
    },

    async create(token) {
      const row = await insert(database, 'tokens', {
        id: token.id,
        hash: token.hash,
        account_id: token.accountId,
        name: token.name,
        scopes: JSON.stringify(token.scopes),
        created_at_ms: token.createdAtMs,
        expires_at_ms: token.expiresAtMs,
        last_used_at_ms: token.lastUsedAtMs,
      });
      if (row === null) throw new Error('there is a token with this id or hash already');
    },

    async byHash(hash, nowMs) {
      const statement = 'select * from tokens where hash = $1 and (expires_at_ms is null or expires_at_ms > $2)';
      const row = await firstRow(database, statement, hash, nowMs);
      return row === null ? null : tokenOf(row);
    },

    async used(id, nowMs) {
      const isLater = '(last_used_at_ms is null or last_used_at_ms < $2)';
      await database.change(`update tokens set last_used_at_ms = $2 where id = $1 and ${isLater}`, id, nowMs);
    },

    delete: async (accountId, id) =>
      (await database.change('delete from tokens where account_id = $1 and id = $2', accountId, id)) > 0,
  };
}

function tokenOf(row: Row): TokenRecord {
  return {
    id: textIn(row, 'id'),
    hash: textIn(row, 'hash'),
    accountId: textIn(row, 'account_id'),
    name: textIn(row, 'name'),
    scopes: textsIn(row, 'scopes'),
    createdAtMs: wholeIn(row, 'created_at_ms'),
    expiresAtMs: wholeOrNullIn(row, 'expires_at_ms'),
    lastUsedAtMs: wholeOrNullIn(row, 'last_used_at_ms'),
  };
}
