// The balancer itself, since what it does wrong would look like a fault of the nodes behind it.
import { expect, test } from 'bun:test';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Balancer } from './balancer.ts';

interface Target extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
}

async function openTarget(serve: (socket: Socket) => void): Promise<Target> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It does not listen.');
  return { port: address.port, server, [Symbol.asyncDispose]: async () => void server.close() };
}

/** One that says its name to whoever comes. */
const named = (name: string): Promise<Target> => openTarget((socket) => void socket.end(name));

/** What is read on a connection until it ends; `broken` when it does not end in order. */
function readAll(port: number, said = ''): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    socket.on('end', () => {
      socket.end();
      resolve(Buffer.concat(chunks).toString());
    });
    socket.on('error', () => resolve('broken'));
    if (said !== '') socket.end(said);
  });
}

test('connections go to each target in turn, and to none that was taken out or refuses', async () => {
  await using one = await named('one');
  await using two = await named('two');
  const balancer = await Balancer.open({ targets: [one.port, two.port] });
  const come = async (): Promise<string[]> => [await readAll(balancer.port), await readAll(balancer.port)];
  expect((await come()).toSorted()).toEqual(['one', 'two']);
  balancer.take(one.port);
  expect(await come()).toEqual(['two', 'two']);
  balancer.put(one.port);
  expect((await come()).toSorted()).toEqual(['one', 'two']);
  await new Promise((resolve) => void two.server.close(resolve));
  expect(await come()).toEqual(['one', 'one']);
  balancer.take(one.port);
  expect(await come()).toEqual(['broken', 'broken']);
  await balancer.stop();
});

test('who has said everything still gets the answer, however long it is', async () => {
  const answer = 'x'.repeat(4_000_000);
  await using target = await openTarget((socket) => {
    let heard = 0;
    socket.on('data', ({ length }) => {
      heard += length;
    });
    socket.on('end', () => void socket.end(`${heard}${answer}`));
  });
  const balancer = await Balancer.open({ targets: [target.port] });
  expect(await readAll(balancer.port, answer)).toBe(`4000000${answer}`);
  await balancer.stop();
});

test('a connection that breaks on one side breaks on the other', async () => {
  const ends: Promise<boolean>[] = [];
  await using target = await openTarget((socket) => {
    ends.push(new Promise((resolve) => void socket.on('close', resolve)));
    socket.write('welcome');
    socket.on('data', () => socket.resetAndDestroy());
  });
  const balancer = await Balancer.open({ targets: [target.port] });
  expect(await readAll(balancer.port, 'break')).toBe('broken');
  const client = connect({ port: balancer.port, host: '127.0.0.1' });
  await new Promise((resolve) => void client.once('data', resolve));
  client.resetAndDestroy();
  await Promise.all(ends);
  expect(ends).toHaveLength(2);
  await balancer.stop();
});
