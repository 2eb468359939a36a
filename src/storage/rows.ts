// Rows → values. The server wrote every row itself, so one that is otherwise is damaged, and it is an error to go on.
import { type Row, StorageError } from './database.ts';

function damaged(column: string): StorageError {
  return new StorageError(`the database holds a damaged value in the column "${column}"; restore it from a backup`);
}

export function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw damaged(column);
  return value;
}

export function textOrNullIn(row: Row, column: string): string | null {
  return row[column] === null ? null : textIn(row, column);
}

/** A whole number. PostgreSQL's driver gives the larger type as text, since it may not fit; ours do. */
export function wholeIn(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) throw damaged(column);
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw damaged(column);
  return number;
}

export function wholeOrNullIn(row: Row, column: string): number | null {
  return row[column] === null ? null : wholeIn(row, column);
}

export function switchIn(row: Row, column: string): boolean {
  const value = wholeIn(row, column);
  if (value !== 0 && value !== 1) throw damaged(column);
  return value === 1;
}

export function oneOfIn<Word extends string>(row: Row, column: string, words: readonly Word[]): Word {
  const value = textIn(row, column);
  const word = words.find((known) => known === value);
  if (word === undefined) throw damaged(column);
  return word;
}

export function oneOfOrNullIn<Word extends string>(row: Row, column: string, words: readonly Word[]): Word | null {
  return row[column] === null ? null : oneOfIn(row, column, words);
}

/** The members of an object kept as JSON. */
export function objectIn(row: Row, column: string): Row {
  return asObject(parse(textIn(row, column), column), column);
}

export function asObject(value: unknown, column: string): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(column);
  return value as Row;
}

/** A list of texts kept as JSON. */
export function textsIn(row: Row, column: string): readonly string[] {
  return asTexts(parse(textIn(row, column), column), column);
}

export function asTexts(value: unknown, column: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw damaged(column);
  return value;
}

function parse(text: string, column: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(column);
  }
}
