// What is wrong with the file of a database, and what to do about it: SQLite itself names neither the file nor a way out.
import { SQL } from 'bun';
import { StorageError } from './database.ts';

/** The same error, or one that says more where it was the file's fault. */
export function explained(error: unknown, path: string): unknown {
  const told = messageOf(error);
  const advice = adviceFor(codeOf(error));
  return advice === null ? error : new StorageError(`${path}: ${told}. ${advice}`);
}

function adviceFor(code: string): string | null {
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) {
    return 'The file is damaged, or no database: put a backup in its place, or move it away with its -wal and -shm to begin anew';
  }
  if (/^(SQLITE_FULL|SQLITE_IOERR|ENOSPC|EDQUOT|EFBIG|EIO)/.test(code)) {
    return 'Nothing can be written there: look for room on the disk, and for limits on the size of files';
  }
  if (/^(SQLITE_READONLY|SQLITE_CANTOPEN|EACCES|EROFS|EPERM)/.test(code)) {
    return 'The user that runs the server must be able to write there; or choose another dataDirectory';
  }
  return null;
}

function codeOf(error: unknown): string {
  if (error instanceof SQL.SQLiteError) return error.code;
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, open '.*'$/, '') : String(error);
}
