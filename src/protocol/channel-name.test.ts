import { describe, expect, test } from 'bun:test';
import { channelKind, parseChannelName, serverToUserChannel, userOfChannel } from './channel-name.ts';
import type { ChannelName, UserId } from './ids.ts';

const MAX_LENGTH = 200;

function name(text: string): ChannelName {
  const parsed = parseChannelName(text, MAX_LENGTH);
  if (parsed === null) throw new Error(`${text} is no channel name`);
  return parsed;
}

describe('kinds', () => {
  // prefix, then: signature, members, cache, encrypted, client events.
  const KINDS = [
    ['', 'public', false, false, false, false, false],
    ['private-', 'private', true, false, false, false, true],
    ['presence-', 'presence', true, true, false, false, true],
    ['private-encrypted-', 'private-encrypted', true, false, false, true, false],
    ['cache-', 'cache', false, false, true, false, false],
    ['private-cache-', 'private-cache', true, false, true, false, true],
    ['private-encrypted-cache-', 'private-encrypted-cache', true, false, true, true, false],
    ['presence-cache-', 'presence-cache', true, true, true, false, true],
  ] as const;

  test.each(KINDS)(
    '[P-4.1] a name that begins with "%s" is of the kind %s',
    (prefix, title, authorized, presence, cache, encrypted, clientEvents) => {
      const expected = { title, authorized, presence, cache, encrypted, clientEvents, serverToUser: false };
      expect(channelKind(name(`${prefix}x`))).toEqual(expected);
    },
  );

  test.each(['privat-x', 'private', 'Private-x', 'presence', 'xprivate-y', 'cachex', 'p', 'c', '-private-x'])(
    '[P-4.1] %s is public',
    (text) => {
      expect(channelKind(name(text)).title).toBe('public');
    },
  );

  test('[P-4.1] a prefix alone is a name of its kind', () => {
    expect(channelKind(name('presence-cache-')).title).toBe('presence-cache');
  });

  test('[P-4.1] the channel of a user is neither authorized by a signature nor open to client events', () => {
    const { authorized, clientEvents, serverToUser } = channelKind(name('#server-to-user-7'));
    expect({ authorized, clientEvents, serverToUser }).toEqual({
      authorized: false,
      clientEvents: false,
      serverToUser: true,
    });
  });
});

describe('names', () => {
  test.each(['a', 'A-Z_a=z@0,9.;', '#server-to-user-7', '#server-to-user-ü "?'])(
    '[P-4.2] %s is a channel name',
    (text) => {
      expect<string | null>(parseChannelName(text, MAX_LENGTH)).toBe(text);
    },
  );

  test.each(['', ' ', 'a b', 'ä', 'a/b', 'a:b', 'a#b', 'a\n', 'a\0', 'a"b', 'a\\b', '\ud800'])(
    '[P-4.2] %j is no channel name',
    (text) => {
      expect(parseChannelName(text, MAX_LENGTH)).toBeNull();
    },
  );

  test('[P-4.2] a name may have so many characters and no more', () => {
    for (const prefix of ['', '#server-to-user-']) {
      expect(parseChannelName(prefix + 'x'.repeat(MAX_LENGTH), MAX_LENGTH)).not.toBeNull();
      expect(parseChannelName(prefix + 'x'.repeat(MAX_LENGTH + 1), MAX_LENGTH)).toBeNull();
    }
  });

  test.each(['#', '#x', '#server-to-user-', '#server-to-users-7'])('[P-6.2] %s is no channel name', (text) => {
    expect(parseChannelName(text, MAX_LENGTH)).toBeNull();
  });

  test('[P-6.2] the channel of a user leads back to the user', () => {
    const user = 'a b"' as UserId;
    expect(userOfChannel(serverToUserChannel(user))).toBe(user);
    expect(userOfChannel(name('presence-x'))).toBeNull();
  });
});
