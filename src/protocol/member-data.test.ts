import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { deeplyNested, holds, hostileText } from '../../test/support/generators.ts';
import { frameFaults, isRefusal } from './faults.ts';
import type { UserId } from './ids.ts';
import { checkMember, decodeMember, decodeUser } from './member-data.ts';

const BOUNDS = { presenceUserIdLength: 128, presenceUserInfoBytes: 1_024 };
const MAX_ID = BOUNDS.presenceUserIdLength;
const { memberInvalid, memberTooLarge, signInUser } = frameFaults;

const user = (id: string) => id as UserId;
const faultOf = (answer: object) => (isRefusal(answer) ? answer.fault : null);

describe('members', () => {
  test.each([
    ['{"user_id":"1"}', '1', '{}'],
    ['{"user_id":1}', '1', '{}'],
    ['{"user_id":0}', '0', '{}'],
    ['{"user_id":-7}', '-7', '{}'],
    ['{"user_id":1.5}', '1.5', '{}'],
    ['{"user_id":9007199254740991}', '9007199254740991', '{}'],
  ])('[P-4.6] the user id in %s becomes the string %s', (channelData, id, info) => {
    expect(decodeMember(channelData, BOUNDS)).toEqual({ userId: user(id), info });
  });

  test.each([
    ['{"user_id":"1","user_info":{"name":"A"}}', '{"name":"A"}'],
    ['{"user_id":"1","user_info":{ "id" : 12345678901234567890 }}', '{ "id" : 12345678901234567890 }'],
    ['{"user_id":"1","user_info":null}', '{}'],
    ['{"user_id":"1","user_info":"A"}', '"A"'],
    ['{"user_id":"1","user_info":false}', 'false'],
    ['{"user_id":"1","user_info":[]}', '[]'],
    ['{"user_id":"1","user_info":{"__proto__":1}}', '{"__proto__":1}'],
    ['{"user_id":"1","user_info":1,"user_info":2}', '2'],
  ])('[P-4.11] %s has the user_info %s', (channelData, info) => {
    expect(decodeMember(channelData, BOUNDS)).toEqual({ userId: user('1'), info });
  });

  test.each([
    '',
    'null',
    '[]',
    '"1"',
    '{',
    '{}',
    '{"user_id":""}',
    '{"user_id":null}',
    '{"user_id":true}',
    '{"user_id":["1"]}',
    '{"user_id":{"toString":1}}',
    '{"__proto__":{"user_id":"1"}}',
  ])('[P-4.9] %j describes nobody', (channelData) => {
    expect(faultOf(decodeMember(channelData, BOUNDS))).toBe(memberInvalid);
  });

  test('[P-4.9] 100,000 arrays in each other describe nobody', () => {
    expect(faultOf(decodeMember(deeplyNested(100_000), BOUNDS))).toBe(memberInvalid);
  });

  test('[P-4.15] a user id may have so many characters and no more', () => {
    const withId = (length: number) => decodeMember(JSON.stringify({ user_id: 'ü'.repeat(length) }), BOUNDS);
    expect(faultOf(withId(128))).toBeNull();
    expect(faultOf(withId(129))).toBe(memberTooLarge);
  });

  test('[P-4.15] user_info may have so many bytes and no more', () => {
    const withInfo = (text: string) => decodeMember(JSON.stringify({ user_id: '1', user_info: text }), BOUNDS);
    expect(faultOf(withInfo('x'.repeat(1_022)))).toBeNull();
    expect(faultOf(withInfo('x'.repeat(1_023)))).toBe(memberTooLarge);
    expect(faultOf(withInfo('ü'.repeat(511)))).toBeNull();
    expect(faultOf(withInfo('ü'.repeat(512)))).toBe(memberTooLarge);
  });

  test('[P-4.15] deeply nested user_info is too large, or passed on where the bound is high', () => {
    const deep = deeplyNested(100_000);
    const channelData = `{"user_id":"1","user_info":${deep}}`;
    expect(faultOf(decodeMember(channelData, BOUNDS))).toBe(memberTooLarge);
    const wide = { ...BOUNDS, presenceUserInfoBytes: 1_048_576 };
    expect(decodeMember(channelData, wide)).toEqual({ userId: user('1'), info: deep });
  });

  test('[P-4.15] a signed-in user keeps to the same bounds', () => {
    const member = { userId: user('7'), info: '{}' };
    expect(checkMember(member, BOUNDS)).toBe(member);
    expect(faultOf(checkMember({ ...member, info: `"${'x'.repeat(1_024)}"` }, BOUNDS))).toBe(memberTooLarge);
  });
});

describe('users', () => {
  test('[P-6.1] a user has an id, user_info and a watchlist', () => {
    const userData = '{"id":"7","user_info":{"name":"A"},"watchlist":["8","9"],"more":1}';
    expect(decodeUser(userData, MAX_ID)).toEqual({
      id: user('7'),
      info: '{"name":"A"}',
      watchlist: [user('8'), user('9')],
    });
  });

  test('[P-6.1] an id is enough', () => {
    expect(decodeUser('{"id":"7"}', MAX_ID)).toEqual({ id: user('7'), info: '{}', watchlist: [] });
  });

  test('[P-6.3] entries of a watchlist that are no ids are left out, repeated ones count once', () => {
    const watchlist = ['8', '', 9, null, ['8'], '8', 'x'.repeat(129), '__proto__'];
    expect(decodeUser(JSON.stringify({ id: '7', watchlist }), MAX_ID)).toMatchObject({
      watchlist: [user('8'), user('__proto__')],
    });
  });

  test.each(['"8"', '{"0":"8","length":1}', 'null', '8'])('[P-6.3] the watchlist %s is none', (watchlist) => {
    expect(decodeUser(`{"id":"7","watchlist":${watchlist}}`, MAX_ID)).toMatchObject({ watchlist: [] });
  });

  test.each(['', 'null', '[]', '{}', '{"id":""}', '{"id":7}', '{"id":null}', '{"__proto__":{"id":"7"}}'])(
    '[P-6.1] %j describes no user',
    (userData) => {
      expect(faultOf(decodeUser(userData, MAX_ID))).toBe(signInUser);
    },
  );

  test('[P-6.1] a user id may have so many characters and no more', () => {
    expect(faultOf(decodeUser(JSON.stringify({ id: 'x'.repeat(MAX_ID) }), MAX_ID))).toBeNull();
    expect(faultOf(decodeUser(JSON.stringify({ id: 'x'.repeat(MAX_ID + 1) }), MAX_ID))).toBe(signInUser);
  });

  test('[P-6.1] deeply nested user_info does no harm', () => {
    const deep = deeplyNested(100_000);
    expect(decodeUser(`{"id":"7","user_info":${deep},"watchlist":${deep}}`, MAX_ID)).toMatchObject({ info: deep });
  });
});

test('[P-1.2] any channel_data describes a member or is refused', () => {
  holds(
    fc.property(hostileText(['user_id', 'user_info']), (text) => {
      const answer = decodeMember(text, BOUNDS);
      if (isRefusal(answer)) return expect([memberInvalid, memberTooLarge] as unknown[]).toContain(answer.fault);
      expect(answer.userId).not.toBe('');
      expect(answer.userId.length).toBeLessThanOrEqual(MAX_ID);
      JSON.parse(answer.info);
    }),
    { numRuns: 500 },
  );
});

test('[P-1.2] any user_data describes a user or is refused', () => {
  holds(
    fc.property(hostileText(['id', 'user_info', 'watchlist']), (text) => {
      const answer = decodeUser(text, MAX_ID);
      if (isRefusal(answer)) return expect(answer.fault).toBe(signInUser);
      expect(answer.id).not.toBe('');
      expect(answer.watchlist.every((id) => typeof id === 'string')).toBe(true);
      JSON.parse(answer.info);
    }),
    { numRuns: 500 },
  );
});

test('[P-4.6] large numbers keep their digits, and what is no finite number is no id', () => {
  const userIdOf = (text: string) => {
    const member = decodeMember(`{"user_id":${text}}`, { presenceUserIdLength: 128, presenceUserInfoBytes: 1_024 });
    return 'fault' in member ? null : String(member.userId);
  };
  expect(['9007199254740993', '9007199254740992', '-7', '1.0', '1e2', '1e400'].map(userIdOf)).toEqual([
    '9007199254740993',
    '9007199254740992',
    '-7',
    '1',
    '100',
    null,
  ]);
});
