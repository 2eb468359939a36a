import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { deeplyNested, holds, hostileText } from '../../test/support/generators.ts';
import { decodeClientMessage } from './client-message.ts';
import { frameFaults, isRefusal } from './faults.ts';

const refusalOf = (text: string) => {
  const answer = decodeClientMessage(text);
  return isRefusal(answer) ? answer : null;
};

describe('commands', () => {
  test.each([
    '{"event":"pusher:ping","data":{}}',
    '{"event": "pusher:ping"}',
    '{"event":"pusher:ping","data":"x"}',
    '{"data":null,"event":"pusher:ping"}',
  ])('[P-2.11] %s is a ping', (text) => {
    expect(decodeClientMessage(text)).toEqual({ kind: 'ping' });
  });

  test('[P-2.11] a pong is understood', () => {
    expect(decodeClientMessage('{"event":"pusher:pong","data":{}}')).toEqual({ kind: 'pong' });
  });

  test.each([
    ['{"event":"pusher:subscribe","data":{"auth":"","channel":"x"}}', 'x', null, null],
    ['{"event":"pusher:subscribe","data":{"channel":"x"}}', 'x', null, null],
    ['{"event":"pusher:subscribe","data":{"channel":"x","auth":null,"channel_data":null}}', 'x', null, null],
    ['{"data":{"auth":"k:s","channel":"private-x"},"event":"pusher:subscribe"}', 'private-x', 'k:s', null],
    ['{"event":"pusher:subscribe","data":{"channel_data":"{ }","auth":"k:s","channel":"p"}}', 'p', 'k:s', '{ }'],
    ['{"event":"pusher:subscribe","data":"{\\"channel\\":\\"x\\"}"}', 'x', null, null],
    ['{"event":"pusher:subscribe","data":{"channel":"a","channel":"b"}}', 'b', null, null],
  ])('[P-3.2] %s is a subscription', (text, channel, auth, channelData) => {
    expect(decodeClientMessage(text)).toEqual({ kind: 'subscribe', channel, auth, channelData });
  });

  test('[P-3.2] an unsubscription names its channel', () => {
    const text = '{"event":"pusher:unsubscribe","data":{"channel":"x"}}';
    expect(decodeClientMessage(text)).toEqual({ kind: 'unsubscribe', channel: 'x' });
  });

  test('[P-6.1] a sign-in keeps the text that was signed', () => {
    const text = '{"event":"pusher:signin","data":{"auth":"k:s","user_data":"{ \\"id\\" : \\"7\\" }"}}';
    expect(decodeClientMessage(text)).toEqual({ kind: 'signIn', auth: 'k:s', userData: '{ "id" : "7" }' });
  });

  test.each(['{ "a" : 1.0 }', '"text"', '12345678901234567890', 'null', '"\\ud83d\\ude00\\ud800"', '[]'])(
    '[P-7.4] the data %s of a client event stays as written',
    (rawData) => {
      const text = `{"event":"client-x","channel":"private-x","data":${rawData}}`;
      expect(decodeClientMessage(text)).toEqual({
        kind: 'clientEvent',
        event: 'client-x',
        channel: 'private-x',
        rawData,
      });
    },
  );
});

describe('bad messages', () => {
  const { badData, badJson, clientEventMalformed, noEvent, signInData, unsupportedEvent } = frameFaults;
  const deep = deeplyNested(100_000);

  test.each([
    ['', badJson],
    [' ', badJson],
    ['null', badJson],
    ['1', badJson],
    ['"pusher:ping"', badJson],
    ['[]', badJson],
    ['[{"event":"pusher:ping"}]', badJson],
    ['{', badJson],
    ["{'event':'pusher:ping'}", badJson],
    ['{"event":"pusher:ping"}x', badJson],
    ['{"event":"pusher:ping",}', badJson],
    ['\u0000', badJson],
    ['\ufeff{"event":"pusher:ping"}', badJson],
    ['{}', noEvent],
    ['{"event":null}', noEvent],
    ['{"event":1}', noEvent],
    ['{"event":["pusher:ping"]}', noEvent],
    ['{"event":{"toString":1}}', noEvent],
    ['{"__proto__":{"event":"pusher:ping"}}', noEvent],
    ['{"event":""}', unsupportedEvent],
    ['{"event":"pusher:Ping"}', unsupportedEvent],
    ['{"event":"pusher_internal:subscription_succeeded","data":"{}"}', unsupportedEvent],
    ['{"event":"constructor"}', unsupportedEvent],
    ['{"event":"\\ud800"}', unsupportedEvent],
    ['{"event":"client","channel":"private-x","data":1}', unsupportedEvent],
    ['{"event":"pusher:subscribe","data":[]}', badData],
    ['{"event":"pusher:subscribe","data":null}', badData],
    ['{"event":"pusher:subscribe","data":"not JSON"}', badData],
    ['{"event":"pusher:subscribe","data":{"channel":null}}', badData],
    ['{"event":"pusher:subscribe","data":{"channel":["x"]}}', badData],
    ['{"event":"pusher:subscribe","data":{"channel":"x","auth":1}}', badData],
    ['{"event":"pusher:subscribe","data":{"channel":"x","auth":{}}}', badData],
    ['{"event":"pusher:subscribe","data":{"channel":"x","channel_data":{"user_id":"1"}}}', badData],
    ['{"event":"pusher:subscribe","data":{"__proto__":{"channel":"x"}}}', badData],
    ['{"event":"pusher:unsubscribe","data":"x"}', badData],
    ['{"event":"pusher:unsubscribe","data":{"channel":1}}', badData],
    ['{"event":"pusher:signin","data":{}}', signInData],
    ['{"event":"pusher:signin","data":{"auth":"k:s"}}', signInData],
    ['{"event":"pusher:signin","data":{"user_data":"{}"}}', signInData],
    ['{"event":"pusher:signin","data":{"auth":"k:s","user_data":{"id":"1"}}}', signInData],
    ['{"event":"client-x"}', clientEventMalformed],
    ['{"event":"client-x","channel":"private-x"}', clientEventMalformed],
    ['{"event":"client-x","data":1}', clientEventMalformed],
    ['{"event":"client-x","channel":1,"data":1}', clientEventMalformed],
    ['{"event":"client-x","channel":"private-x","__proto__":{"data":1}}', clientEventMalformed],
  ])('[P-3.4] %j is refused', (text, fault) => {
    expect(refusalOf(text)?.fault).toBe(fault);
  });

  // Each of these ends the process of another server of this protocol.
  test.each([
    ['{"event":"pusher:subscribe","data":{}}', badData],
    ['{"event":"pusher:subscribe"}', badData],
    ['{"event":"pusher:subscribe","data":{"channel":1}}', badData],
    ['{"event":"pusher:subscribe","data":"{\\"channel\\":1}"}', badData],
    ['{"event":"pusher:unsubscribe"}', badData],
    ['{"event":"pusher:signin"}', signInData],
  ])('[P-1.2] %s is refused without harm', (text, fault) => {
    expect(refusalOf(text)?.fault).toBe(fault);
  });

  test.each([
    ['a message', deep, badJson],
    ['the event', `{"event":${deep}}`, noEvent],
    ['data', `{"event":"pusher:subscribe","data":${deep}}`, badData],
    ['data as text', `{"event":"pusher:subscribe","data":"${deep}"}`, badData],
    ['a half-closed message', '{"a":'.repeat(100_000), badJson],
  ])('[P-3.4] 100,000 levels as %s are refused', (_, text, fault) => {
    expect(refusalOf(text)?.fault).toBe(fault);
  });

  test('[P-7.4] deep data of a client event is passed on like any other', () => {
    const text = `{"event":"client-x","channel":"private-x","data":${deep}}`;
    expect(decodeClientMessage(text)).toMatchObject({ kind: 'clientEvent', rawData: deep });
  });

  test('[P-3.4] a huge message is refused with a short text', () => {
    const refused = refusalOf(JSON.stringify({ event: 'x'.repeat(5_000_000) }));
    expect(refused?.fault).toBe(unsupportedEvent);
    expect(refused?.text.length).toBeLessThan(300);
  });

  test('[P-6.1] a sign-in without data is refused in the known words', () => {
    expect(refusalOf('{"event":"pusher:signin","data":{}}')?.text).toBe('Missing parameter: data.user');
    expect(refusalOf('{"event":"pusher:signin","data":{"user_data":"{}"}}')?.text).toBe('Missing parameter: data.auth');
  });
});

const NAMES = ['event', 'data', 'channel', 'auth', 'channel_data', 'user_data'];
const EVENTS = ['pusher:ping', 'pusher:pong', 'pusher:subscribe', 'pusher:unsubscribe', 'pusher:signin', 'client-x'];
const KINDS = ['ping', 'pong', 'subscribe', 'unsubscribe', 'signIn', 'clientEvent'];

function expectMessageOrRefusal(text: string): void {
  const answer = decodeClientMessage(text);
  if (isRefusal(answer)) expect(Object.values(frameFaults)).toContain(answer.fault);
  else expect(KINDS).toContain(answer.kind);
}

test('[P-1.2] any text is a message or refused', () => {
  holds(fc.property(hostileText(NAMES), expectMessageOrRefusal), { numRuns: 500 });
});

test('[P-1.2] any data of any command is a message or refused', () => {
  const frames = fc
    .tuple(fc.constantFrom(...EVENTS), hostileText(NAMES), hostileText(NAMES), fc.boolean())
    .map(([event, data, channel, asText]) => {
      const written = asText ? JSON.stringify(data) : data;
      return `{"event":"${event}","channel":${JSON.stringify(channel)},"data":${written}}`;
    });
  holds(fc.property(frames, expectMessageOrRefusal), { numRuns: 500 });
});
