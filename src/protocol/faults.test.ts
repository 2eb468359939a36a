import { describe, expect, test } from 'bun:test';
import { closeFaults, frameFaults, httpFaults, isRefusal, refusal } from './faults.ts';

describe('refusal', () => {
  test('the text is filled in for the case at hand', () => {
    expect(refusal(frameFaults.badData, { event: 'pusher:subscribe', reason: 'no' }).text).toBe(
      'Invalid data for pusher:subscribe: no',
    );
  });

  test('a word without a value stays as it is', () => {
    expect(refusal(frameFaults.badData, { event: 'x' }).text).toBe('Invalid data for x: {reason}');
  });

  test("a stranger's text is cut, and is never taken for a pattern", () => {
    expect(refusal(frameFaults.unsupportedEvent, { event: '$& {event} $1' }).text).toContain("'$& {event} $1'");
    expect(refusal(frameFaults.unsupportedEvent, { event: 'x'.repeat(100_000) }).text.length).toBeLessThan(300);
  });

  test('[H-4.1] a refusal is one line, whatever is repeated in it', () => {
    const { text } = refusal(httpFaults.badChannelName, { channel: 'a\r\nb\0c\u2028d\u0085e' });
    expect(text).toBe("Invalid channel name: 'a\ufffd\ufffdb\ufffdc\ufffdd\ufffde'");
  });

  test('a refusal is told from other answers', () => {
    expect(isRefusal(refusal(frameFaults.badJson))).toBe(true);
    expect(isRefusal({ kind: 'ping' })).toBe(false);
  });
});

describe('catalogue', () => {
  test('[P-7.7] no connection is closed with 43xx, which pusher-js takes for a refusal for ever', () => {
    for (const { code } of Object.values(closeFaults)) expect(Math.floor(code / 100)).not.toBe(43);
  });

  test('[P-2.5] the hundreds of a close code tell clients what to do', () => {
    for (const { code, client } of Object.values(closeFaults)) {
      if (code >= 4200) expect(client).toBe('reconnects at once');
      else if (code >= 4100) expect(client).toBe('reconnects after a pause');
      else if (code >= 4001) expect(client).toBe('gives up');
    }
  });

  test('[H-4.1] what the test suites of SDKs look for is in the texts', () => {
    expect(httpFaults.batchTooLarge.text).toContain('Batch too large');
    expect(httpFaults.eventTooLarge.text).toContain('content of this event');
  });

  test('every fault has an advice', () => {
    for (const fault of Object.values({ ...closeFaults, ...frameFaults, ...httpFaults })) {
      expect(fault.advice).toMatch(/\.$|…\}\.$|;$/);
    }
  });
});
