import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Fact } from '../core/facts.ts';
import type { AppId, ChannelName, SocketId, UserId } from '../protocol/ids.ts';
import { eventJson } from './event.ts';

function clientEvent(rawData: string, user: string | null = null): Fact {
  const [app, channel, socketId] = ['app' as AppId, 'presence-room' as ChannelName, '1.2' as SocketId];
  return { name: 'client_event', app, channel, event: 'client-a', rawData, socketId, user: user as UserId | null };
}

describe('the data of a client event', () => {
  test('[W-1.3] is text: what a string says, and the JSON of anything else, digit for digit', () => {
    const dataOf = (rawData: string): unknown => JSON.parse(eventJson(clientEvent(rawData))).data;
    expect(dataOf('"a\\n\\u0041"')).toBe('a\nA');
    expect(dataOf('{"n":1.10,"big":12345678901234567890}')).toBe('{"n":1.10,"big":12345678901234567890}');
    expect(['null', '[]', '0', '""'].map(dataOf)).toEqual(['null', '[]', '0', '']);
  });

  test('[W-1.3] whatever it is, the event is flat and its text is whole UTF-8', () => {
    const holds = fc.property(fc.json(), fc.string({ unit: 'binary' }), (rawData, user) => {
      const json = eventJson(clientEvent(rawData, user));
      expect(json.isWellFormed()).toBe(true);
      const values: unknown[] = Object.values(JSON.parse(json));
      expect(values.every((value) => typeof value === 'string')).toBe(true);
      expect(JSON.parse(json).user_id).toBe(user);
    });
    fc.assert(holds);
  });

  test('[W-1.3] a lone half of a character survives as an escape', () => {
    expect(eventJson(clientEvent('"\\ud800"'))).toContain('"data":"\\ud800"');
  });
});
