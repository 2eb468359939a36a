// Chapter P-5 of docs/protocol.md: what is signed, and what a wrong signature is answered.
import { describe, expect, test } from 'bun:test';
import { KEY, SECRET } from '../support/credentials.ts';
import { succeeded, succeededWith } from '../support/expected.ts';
import { createWorld, type FakeClient } from '../support/world.ts';

/** As any backend would make it, without a line of the server's own code. */
const hmac = (text: string, secret = SECRET): string =>
  new Bun.CryptoHasher('sha256', secret).update(text, 'utf8').digest('hex');

function subscribe(client: FakeClient, channel: string, auth: string, channelData?: string): void {
  client.say({ event: 'pusher:subscribe', data: { channel, auth, channel_data: channelData } });
}

describe('signatures', () => {
  test('[P-5.1] the signature is HMAC-SHA256 in lower-case hex with the secret of the key', () => {
    const second = { key: 'second', secret: 'another-secret' };
    const alice = createWorld({ app: { keys: [{ key: KEY, secret: SECRET }, second] } }).client();
    const signed = (room: string): string => `${alice.socketId}:${room}`;
    subscribe(alice, 'private-a', `${KEY}:${hmac(signed('private-a'))}`);
    subscribe(alice, 'private-b', `second:${hmac(signed('private-b'), second.secret)}`);
    expect(alice.next()).toEqual([succeeded('private-a'), succeeded('private-b')]);
    subscribe(alice, 'private-c', `second:${hmac(signed('private-c'))}`);
    subscribe(alice, 'private-d', `${KEY}:${hmac(signed('private-d')).toUpperCase()}`);
    expect(alice.nextEvents()).toEqual(['pusher:error', 'pusher:error']);
  });

  test('[P-5.1] it is made over UTF-8', () => {
    const alice = createWorld().client();
    const channelData = '{"user_id":"ünï 😀"}';
    const auth = `${KEY}:${hmac(`${alice.socketId}:presence-room:${channelData}`)}`;
    subscribe(alice, 'presence-room', auth, channelData);
    expect(alice.next()).toEqual([succeededWith('presence-room', { 'ünï 😀': {} })]);
  });

  test('[P-5.2] channel_data counts as the text that it is, not as what it means', () => {
    const alice = createWorld().client();
    const signedText = '{ "user_id" : "alice" }';
    const auth = `${KEY}:${hmac(`${alice.socketId}:presence-room:${signedText}`)}`;
    subscribe(alice, 'presence-room', auth, '{"user_id":"alice"}');
    expect(alice.nextEvents()).toEqual(['pusher:error']);
    subscribe(alice, 'presence-room', auth, signedText);
    expect(alice.next()).toEqual([succeededWith('presence-room', { alice: {} })]);
  });

  test('[P-5.2] channel_data is part of what is signed on any kind of channel', () => {
    const alice = createWorld().client();
    subscribe(alice, 'private-a', `${KEY}:${hmac(`${alice.socketId}:private-a`)}`, 'extra');
    expect(alice.nextEvents()).toEqual(['pusher:error']);
    subscribe(alice, 'private-a', `${KEY}:${hmac(`${alice.socketId}:private-a:extra`)}`, 'extra');
    expect(alice.next()).toEqual([succeeded('private-a')]);
  });

  test('[P-5.3] for a sign-in, socket id and user_data are signed', () => {
    const alice = createWorld().client();
    const userData = '{ "id": "alice" }';
    const signIn = (auth: string): void => alice.say({ event: 'pusher:signin', data: { auth, user_data: userData } });
    signIn(`${KEY}:${hmac(`${alice.socketId}:${userData}`)}`);
    expect(alice.nextEvents()).toEqual(['pusher:error']);
    signIn(`${KEY}:${hmac(`${alice.socketId}::user::${userData}`)}`);
    expect(alice.texts.at(-1)).toBe(
      '{"event":"pusher:signin_success","data":"{\\"user_data\\":\\"{ \\\\\\"id\\\\\\": \\\\\\"alice\\\\\\" }\\"}"}',
    );
  });

  test('[P-5.4] no answer contains the signature that would have been right', () => {
    const world = createWorld({ app: { subscriptionErrors: true } });
    const alice = world.client();
    const right = [
      hmac(`${alice.socketId}:private-room`),
      hmac(`${alice.socketId}:presence-room:{"user_id":"alice"}`),
      hmac(`${alice.socketId}::user::{"id":"alice"}`),
    ];
    subscribe(alice, 'private-room', `${KEY}:wrong`);
    subscribe(alice, 'presence-room', `${KEY}:wrong`, '{"user_id":"alice"}');
    alice.say({ event: 'pusher:signin', data: { auth: `${KEY}:wrong`, user_data: '{"id":"alice"}' } });
    expect(alice.nextEvents().filter((event) => event === 'pusher:error')).toHaveLength(3);
    for (const text of [...alice.texts, ...world.happenings.map((happening) => JSON.stringify(happening))]) {
      for (const signature of [...right, SECRET]) expect(text).not.toContain(signature);
    }
  });
});
