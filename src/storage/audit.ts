// The audit log in SQL: it is only added to, and what is very old goes.
import { countUp } from './counters.ts';
import type { Database, Row } from './database.ts';
import { insert } from './database.ts';
import type { AuditRecord } from './records.ts';
import { objectIn, textIn, textOrNullIn, wholeIn } from './rows.ts';
import type { AuditTable } from './store.ts';

export function auditTable(database: Database): AuditTable {
  return {
    add: ({ atMs, accountId, origin, action, subject, details }) =>
      database.transaction(async (queries) => {
        const id = await countUp(queries, 'audit');
        const about = { origin, action, subject, details: JSON.stringify(details) };
        await insert(queries, 'audit', { id, at_ms: atMs, account_id: accountId, ...about });
      }),

    async list({ limit, after }, subject) {
      const before = after === undefined ? Number.MAX_SAFE_INTEGER : Number(after);
      if (!Number.isSafeInteger(before)) return [];
      const rows =
        subject === undefined
          ? await database.rows('select * from audit where id < $1 order by id desc limit $2', before, limit)
          : await database.rows(
              'select * from audit where id < $1 and subject = $3 order by id desc limit $2',
              before,
              limit,
              subject,
            );
      return rows.map(auditOf);
    },

    deleteBefore: (beforeMs) => database.change('delete from audit where at_ms < $1', beforeMs),
  };
}

function auditOf(row: Row): AuditRecord {
  return {
    id: wholeIn(row, 'id'),
    atMs: wholeIn(row, 'at_ms'),
    accountId: textOrNullIn(row, 'account_id'),
    origin: textIn(row, 'origin'),
    action: textIn(row, 'action'),
    subject: textIn(row, 'subject'),
    details: objectIn(row, 'details'),
  };
}
