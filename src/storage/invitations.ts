// Invitations in SQL. Only a hash of the link's secret is kept, and using one takes it away.
import type { AppId } from '../protocol/ids.ts';
import { ROLES } from './accounts.ts';
import { type Database, firstRow, insert, type Row } from './database.ts';
import { APP_ROLES } from './members.ts';
import type { InvitationRecord } from './records.ts';
import { oneOfIn, oneOfOrNullIn, textIn, textOrNullIn, wholeIn } from './rows.ts';
import type { InvitationTable } from './store.ts';

export function invitationTable(database: Database): InvitationTable {
  return {
    async create(invitation) {
      const row = await insert(database, 'invitations', {
        hash: invitation.hash,
        role: invitation.role,
        app_id: invitation.appId,
        app_role: invitation.appRole,
        created_by: invitation.createdBy,
        created_at_ms: invitation.createdAtMs,
        expires_at_ms: invitation.expiresAtMs,
      });
      if (row === null) throw new Error('there is an invitation with this hash already');
    },

    async list(nowMs) {
      const statement = 'select * from invitations where expires_at_ms > $1 order by created_at_ms, hash';
      return (await database.rows(statement, nowMs)).map(invitationOf);
    },

    async redeem(hash, nowMs) {
      // Deleting answers the row to one of all who try at once.
      const statement = 'delete from invitations where hash = $1 and expires_at_ms > $2 returning *';
      const row = await firstRow(database, statement, hash, nowMs);
      return row === null ? null : invitationOf(row);
    },

    delete: async (hash) => (await database.change('delete from invitations where hash = $1', hash)) > 0,
    deleteExpired: (nowMs) => database.change('delete from invitations where expires_at_ms <= $1', nowMs),
  };
}

function invitationOf(row: Row): InvitationRecord {
  return {
    hash: textIn(row, 'hash'),
    role: oneOfIn(row, 'role', ROLES),
    // What the database holds was checked when it came in.
    appId: textOrNullIn(row, 'app_id') as AppId | null,
    appRole: oneOfOrNullIn(row, 'app_role', APP_ROLES),
    createdBy: textOrNullIn(row, 'created_by'),
    createdAtMs: wholeIn(row, 'created_at_ms'),
    expiresAtMs: wholeIn(row, 'expires_at_ms'),
  };
}
