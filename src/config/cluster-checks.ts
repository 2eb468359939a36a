// Checks of what makes several nodes one.
import { parseRedisUrl } from '../redis/address.ts';
import { type Check, kindOf, textThat } from './check.ts';

export const redisUrlCheck: Check<string> = (value, path, report) => {
  if (typeof value !== 'string') return void report(path, `must be text, but is ${kindOf(value)}`);
  const address = parseRedisUrl(value);
  return typeof address === 'string' ? void report(path, address) : value;
};

/** Braces would be read as part of the hash tags that follow, stars as patterns in the rights of a user. */
export const redisPrefixCheck: Check<string> = textThat(
  (text) => /^[-\w.:/]{1,100}$/.test(text),
  'be 1 to 100 letters, digits and - _ . : /',
);

/** Empty for none. Redis takes no spaces in the names of connections. */
export const nodeNameCheck: Check<string> = (value, path, report) =>
  value === '' ? '' : checkName(value, path, report);

const checkName = textThat((text) => /^[-\w.]{1,100}$/.test(text), 'be at most 100 letters, digits and - _ .');
