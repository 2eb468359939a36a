// The two ways in which a command ends badly; main.ts makes exit codes of them.

/** What was asked could not be done: exit code 1. The advice says what to do about it. */
export class Failure extends Error {
  readonly advice: string | null;

  constructor(message: string, advice: string | null = null) {
    super(message);
    this.advice = advice;
  }
}

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
