// Who may manage or view an app, in SQL. The owner stands in the app itself and manages it.
import { type Database, firstRow } from './database.ts';
import type { AppRole } from './records.ts';
import { oneOfIn, textIn } from './rows.ts';
import type { MemberTable } from './store.ts';

export const APP_ROLES: readonly AppRole[] = ['manage', 'view'];

export function memberTable(database: Database): MemberTable {
  return {
    async list(app) {
      const rows = await database.rows(
        'select members.account_id, members.role, accounts.email from members ' +
          'join accounts on accounts.id = members.account_id where members.app_id = $1 order by accounts.email',
        app,
      );
      return rows.map((row) => ({
        accountId: textIn(row, 'account_id'),
        email: textIn(row, 'email'),
        role: oneOfIn(row, 'role', APP_ROLES),
      }));
    },

    async roleOf(app, accountId) {
      const owned = await firstRow(database, 'select 1 from apps where id = $1 and owner_id = $2', app, accountId);
      if (owned !== null) return 'manage';
      const statement = 'select role from members where app_id = $1 and account_id = $2';
      const row = await firstRow(database, statement, app, accountId);
      return row === null ? null : oneOfIn(row, 'role', APP_ROLES);
    },

    async set(app, accountId, role) {
      await database.change(
        'insert into members (app_id, account_id, role) values ($1, $2, $3) ' +
          'on conflict (app_id, account_id) do update set role = excluded.role',
        app,
        accountId,
        role,
      );
    },

    async remove(app, accountId) {
      const count = await database.change('delete from members where app_id = $1 and account_id = $2', app, accountId);
      return count > 0;
    },
  };
}
