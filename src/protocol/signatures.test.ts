import { describe, expect, test } from 'bun:test';
import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { anyText, holds, wellFormedText } from '../../test/support/generators.ts';
import type { ChannelName, SocketId } from './ids.ts';
import { channelStringToSign, equalInConstantTime, parseAuth, Signer, userStringToSign } from './signatures.ts';

const SECRET = '7ad3773142a6692b25b8';
const signer = new Signer(SECRET);
const SOCKET = '1234.1234' as SocketId;

describe('known signatures', () => {
  test('[P-5.2] of a private channel', () => {
    const signed = channelStringToSign(SOCKET, 'private-foobar' as ChannelName, null);
    expect(signed).toBe('1234.1234:private-foobar');
    expect(signer.sign(signed)).toBe('58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4');
  });

  test.each([
    ['Mr. Channels', '31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80'],
    ['Mr. Pusher', 'afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c'],
  ])('[P-5.2] of a presence channel as %s', (name, signature) => {
    const channelData = `{"user_id":10,"user_info":{"name":"${name}"}}`;
    const signed = channelStringToSign(SOCKET, 'presence-foobar' as ChannelName, channelData);
    expect(signed).toBe(`1234.1234:presence-foobar:${channelData}`);
    expect(signer.sign(signed)).toBe(signature);
  });

  test('[P-5.2] channel_data counts on any kind of channel, an empty one too', () => {
    expect(channelStringToSign(SOCKET, 'private-x' as ChannelName, '{}')).toBe('1234.1234:private-x:{}');
    expect(channelStringToSign(SOCKET, 'private-x' as ChannelName, '')).toBe('1234.1234:private-x:');
  });

  test('[P-5.3] of a sign-in', () => {
    const signed = userStringToSign(SOCKET, '{"id":"12345"}');
    expect(signed).toBe('1234.1234::user::{"id":"12345"}');
    expect(signer.sign(signed)).toBe('4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba');
  });

  test('[P-5.1] of a webhook body', () => {
    const body = '{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"my-channel"}]}';
    expect(signer.sign(body)).toBe('c19001ae3963ccb13bf618e5b16ba9848e7e74df0993aa0689168e341c6833cf');
  });
});

describe('signer', () => {
  test('[P-5.1] signs any text and secret as HMAC-SHA256 over UTF-8', () => {
    holds(
      fc.property(wellFormedText, wellFormedText, (secret, text) => {
        expect(new Signer(secret).sign(text)).toBe(createHmac('sha256', secret).update(text).digest('hex'));
      }),
    );
  });

  test('one signer signs the same text twice to the same effect', () => {
    expect(signer.sign('a')).toBe(signer.sign('a'));
  });

  test('[P-5.1] accepts the signature and nothing like it', () => {
    const right = signer.sign('text');
    expect(signer.verify('text', right)).toBe(true);
    expect(signer.verify('text', right.toUpperCase())).toBe(false);
    expect(signer.verify('text', '')).toBe(false);
    expect(signer.verify('text', right.slice(1))).toBe(false);
    expect(signer.verify('text', `${right} `)).toBe(false);
    for (let at = 0; at < right.length; at++) {
      const wrong = right.slice(0, at) + (right[at] === '0' ? '1' : '0') + right.slice(at + 1);
      expect(signer.verify('text', wrong)).toBe(false);
    }
  });
});

describe('comparison in constant time', () => {
  test('[P-5.1] is true for equal texts only', () => {
    holds(
      fc.property(anyText, anyText, (a, b) => {
        expect(equalInConstantTime(a, b)).toBe(a === b);
        expect(equalInConstantTime(a, a)).toBe(true);
      }),
    );
  });

  test.each([
    ['a', 'á'],
    ['\u0000', '\u0100'],
    ['ab', 'ba'],
    ['', 'a'],
  ])('[P-5.1] tells %j from %j', (a, b) => {
    expect(equalInConstantTime(a, b)).toBe(false);
  });
});

describe('auth', () => {
  test('[P-4.4] has two halves', () => {
    expect(parseAuth('key:signature')).toEqual({ key: 'key', signature: 'signature' });
    expect(parseAuth('key:a:b')).toEqual({ key: 'key', signature: 'a:b' });
  });

  test.each(['', ':', 'key', 'key:', ':signature'])('[P-4.4] %j has another form', (auth) => {
    expect(parseAuth(auth)).toBeNull();
  });
});
