// Checks of what names a database, and of the key that seals the secrets in it.
import { type Check, textThat } from './check.ts';

export const databaseUrlCheck: Check<string> = textThat(
  isDatabaseUrl,
  'be the address of a PostgreSQL database: postgres://user:password@host:port/name',
);

function isDatabaseUrl(text: string): boolean {
  return /^postgres(ql)?:\/\/[^\s/]+\/\S+$/.test(text) && URL.canParse(text);
}

export const secretKeyCheck: Check<string> = textThat(
  (text) => /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text),
  'be 32 bytes in base64, as "openssl rand -base64 32" makes them',
);
