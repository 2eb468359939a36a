// Accounts in SQL.
import { noteChange, QUOTAS } from './counters.ts';
import { type Database, firstRow, insert, isTaken, type Queries, type Row, update, type Value } from './database.ts';
import type { AccountQuotas, AccountRecord, Role } from './records.ts';
import { objectIn, oneOfIn, switchIn, textIn, wholeIn } from './rows.ts';
import type { AccountTable } from './store.ts';

export const ROLES: readonly Role[] = ['admin', 'member'];

export function accountTable(database: Database): AccountTable {
  return {
    async list({ limit, after = '' }) {
      const rows = await database.rows('select * from accounts where id > $1 order by id limit $2', after, limit);
      return rows.map(accountOf);
    },

    get: (id) => find(database, 'id', id),
    byEmail: (email) => find(database, 'email', email.toLowerCase()),

    async count() {
      const row = await firstRow(database, 'select count(*) as accounts from accounts');
      return row === null ? 0 : wholeIn(row, 'accounts');
    },

    async create({ id, ...fields }, nowMs) {
      const row = await insert(database, 'accounts', { id, ...columnsOf(fields), version: 1, created_at_ms: nowMs });
      return row === null ? 'taken' : accountOf(row);
    },

    update: (id, version, fields) =>
      database
        .transaction(async (queries) => {
          const [row] = await update(queries, 'accounts', { id, version }, columnsOf(fields), [
            'version = version + 1',
          ]);
          if (row === undefined) return (await find(queries, 'id', id)) === null ? null : 'stale';
          await noteChange(queries, QUOTAS);
          return accountOf(row);
        })
        .catch((error: unknown) => {
          if (isTaken(error)) return 'taken';
          throw error;
        }),

    async delete(id) {
      try {
        return (await database.change('delete from accounts where id = $1', id)) > 0;
      } catch (error) {
        if (isTaken(error)) return 'taken';
        throw error;
      }
    },
  };
}

async function find(queries: Queries, column: 'id' | 'email', value: string): Promise<AccountRecord | null> {
  const row = await firstRow(queries, `select * from accounts where ${column} = $1`, value);
  return row === null ? null : accountOf(row);
}

function columnsOf(fields: Partial<Omit<AccountRecord, 'id' | 'version' | 'createdAtMs'>>): Record<string, Value> {
  const columns: Record<string, Value> = {};
  if (fields.email !== undefined) columns['email'] = fields.email.toLowerCase();
  if (fields.passwordHash !== undefined) columns['password_hash'] = fields.passwordHash;
  if (fields.role !== undefined) columns['role'] = fields.role;
  if (fields.enabled !== undefined) columns['enabled'] = fields.enabled ? 1 : 0;
  if (fields.quotas !== undefined) columns['quotas'] = JSON.stringify(fields.quotas);
  return columns;
}

function accountOf(row: Row): AccountRecord {
  return {
    id: textIn(row, 'id'),
    email: textIn(row, 'email'),
    passwordHash: textIn(row, 'password_hash'),
    role: oneOfIn(row, 'role', ROLES),
    enabled: switchIn(row, 'enabled'),
    quotas: quotasOf(objectIn(row, 'quotas')),
    version: wholeIn(row, 'version'),
    createdAtMs: wholeIn(row, 'created_at_ms'),
  };
}

function quotasOf(kept: Row): AccountQuotas {
  return { connections: wholeIn(kept, 'connections'), broadcastsPerMonth: wholeIn(kept, 'broadcastsPerMonth') };
}
