// The secrets that tests use, so that whatever a server has written can be looked through for them.

/** A shorter one is a word that may stand anywhere. */
const SHORTEST = 12;

const known = new Set<string>();

/** From now on no server of this process may write it. */
export function keepSecret(secret: string): string {
  if (secret.length >= SHORTEST) known.add(secret);
  return secret;
}

/** @throws when one of the secrets, or of those that only this server knows, stands in what it has written. */
export function expectNoSecret(written: string, own: readonly string[] = []): void {
  for (const secret of [...known, ...own]) {
    if (secret.length < SHORTEST) continue;
    const at = written.indexOf(secret);
    if (at < 0) continue;
    const [before, after] = [written.lastIndexOf('\n', at) + 1, written.indexOf('\n', at)];
    throw new Error(
      `A secret stands in what the server wrote: ${written.slice(before, after < 0 ? undefined : after)}`,
    );
  }
}

/** What a command line and an environment keep: what follows --secret, --token and the like, and variables of such names. */
export function secretsOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] {
  const given = args.flatMap((each, at) => {
    const [name = '', value] = each.split('=', 2);
    return /^--(secret|token|password|secret-key)$/.test(name) ? [value ?? args[at + 1] ?? ''] : [];
  });
  const kept = Object.entries(env).flatMap(([name, value]) => (/(SECRET|TOKEN|PASSWORD)/.test(name) ? [value] : []));
  return [...given, ...kept];
}
