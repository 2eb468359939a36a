import { expect, test } from 'bun:test';
import { type Socket, SocketOutlet } from './outlet.ts';

const LISTENER = {} as Bun.Server<SocketOutlet>;
const KNOCK = { key: 'key', protocol: '7', isSecure: false, origin: null, network: null };

function openOutlet(): { outlet: SocketOutlet; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const record =
    (name: string) =>
    (...given: unknown[]): number =>
      calls.push([name, ...given]);
  const socket = Object.fromEntries(
    ['sendText', 'close', 'terminate', 'ping', 'subscribe', 'unsubscribe', 'publishText'].map((name) => [
      name,
      record(name),
    ]),
  );
  const outlet = new SocketOutlet(KNOCK, LISTENER);
  outlet.open({ ...socket, getBufferedAmount: () => 47 } as unknown as Socket);
  return { outlet, calls };
}

test('what the engine asks for goes to the socket', () => {
  const { outlet, calls } = openOutlet();
  outlet.send('frame');
  outlet.ping();
  outlet.join('topic');
  outlet.publishToOthers('topic', 'frame');
  outlet.leave('topic');
  outlet.close(4200, 'reason');
  outlet.cut();
  expect(outlet.backlogBytes).toBe(47);
  expect(calls).toEqual([
    ['sendText', 'frame'],
    ['ping'],
    ['subscribe', 'topic'],
    ['publishText', 'topic', 'frame'],
    ['unsubscribe', 'topic'],
    ['close', 4200, 'reason'],
    ['terminate'],
  ]);
});

test.each([
  ['x'.repeat(123), 123],
  ['x'.repeat(124), 123],
  ['ä'.repeat(100), 122],
  ['🦊'.repeat(100), 120],
  ['', 0],
])('[P-2.5] a reason %p fits into a close frame', (reason, bytes) => {
  const { outlet, calls } = openOutlet();
  outlet.close(4001, reason);
  const [, , sent] = calls[0] ?? [];
  expect(reason.startsWith(String(sent))).toBe(true);
  expect(Buffer.byteLength(String(sent))).toBe(bytes);
  expect(String(sent).isWellFormed()).toBe(true);
});

test('before the socket is open nothing happens', () => {
  const outlet = new SocketOutlet(KNOCK, LISTENER);
  outlet.send('frame');
  outlet.close(4200, '');
  expect(outlet.backlogBytes).toBe(0);
});
