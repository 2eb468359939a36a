// How much of each there may be: what one account can make others keep has an end.

export const BODY_BYTES = 65_536;

export const MOST = {
  /** Of one account that is no admin. */
  apps: 100,
  keysOfApp: 20,
  webhooksOfApp: 20,
  membersOfApp: 500,
  tokensOfAccount: 100,
  invitations: 1_000,
  usageRows: 1_500,
} as const;

const HOUR_MS = 3_600_000;
export const SESSION_MS = 14 * 24 * HOUR_MS;
export const INVITATION_MS = 7 * 24 * HOUR_MS;
export const SETUP_MS = 24 * HOUR_MS;

/** Guesses at a password: ten at once, then one each half minute. */
export const EMAIL_ATTEMPTS = { burst: 10, perMinute: 2, maxNames: 10_000 } as const;
/** One network may hold a whole office. */
export const NETWORK_ATTEMPTS = { burst: 40, perMinute: 20, maxNames: 10_000 } as const;
