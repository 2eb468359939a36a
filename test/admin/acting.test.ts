// What the admin API lets people do as a backend would: publish events, and sign for connections.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { Signer } from '../../src/protocol/signatures.ts';
import { KEY, SECRET } from '../support/credentials.ts';
import { type ApiStage, apiStage, type Credentials, type Told } from './api-stage.ts';

let stage: ApiStage;
let admin: Credentials;
const APP = '/apps/9009';

beforeEach(async () => {
  stage = await apiStage();
  stage.running.push(stage.world.app);
  admin = await stage.session(await stage.account('admin@example.com', 'admin'));
});
afterEach(() => stage[Symbol.asyncDispose]());

const post = (path: string, body: unknown): Promise<Told> => stage.ask('POST', path, admin, { body });
const errorsOf = ({ json }: Told): unknown => json['errors'];

describe('[A-5.10] publishing', () => {
  test('reaches the subscribers, but for one, and counts', async () => {
    const [alice, bob] = [stage.world.client(), stage.world.client()];
    for (const client of [alice, bob]) client?.subscribe('news');
    for (const client of [alice, bob]) client?.next();
    const told = await post(`${APP}/events`, {
      name: 'hello',
      data: '{"a":1}',
      channels: ['news', 'empty', 'news'],
      socketId: alice?.socketId,
    });
    expect(told.json as unknown).toEqual({ channels: { news: { subscribers: 2 }, empty: { subscribers: 0 } } });
    expect([alice?.nextEvents(), bob?.nextEvents()]).toEqual([[], ['hello']]);
    const space = stage.world.nodes[0].engine.spaces.get(stage.world.app.id);
    expect([space?.usage.broadcasts, space?.usage.messagesOut]).toEqual([2, 1]);
  });

  test('reaches all connections of a user', async () => {
    const client = stage.world.client();
    client.signIn({ id: 'alice' });
    client.next();
    const told = await post(`${APP}/events`, { name: 'hello', data: '', user: 'alice' });
    expect(told.json as unknown).toEqual({ channels: {} });
    expect(client.nextEvents()).toEqual(['hello']);
  });

  test('is refused by the pointers of all that is wrong, and by the limits of the app', async () => {
    const wrong = { name: 'pusher:hello', data: '', channels: ['a b', 'news'], socketId: 'none' };
    expect(errorsOf(await post(`${APP}/events`, wrong))).toEqual([
      { pointer: '/name', detail: expect.stringContaining('reserved') },
      { pointer: '/channels/0', detail: expect.any(String) },
      { pointer: '/socketId', detail: expect.any(String) },
    ]);
    const pointers = async (body: object) =>
      (errorsOf(await post(`${APP}/events`, { name: 'x', data: '', ...body })) as { pointer: string }[])?.map(
        ({ pointer }) => pointer,
      );
    expect(await pointers({ data: 'x'.repeat(20_000), channels: ['news'] })).toEqual(['/data']);
    expect(await pointers({ name: '', channels: ['news'] })).toEqual(['/name']);
    expect(await pointers({})).toEqual(['']);
    expect(await pointers({ channels: ['news'], user: 'alice' })).toEqual(['']);
    expect(await pointers({ user: 'x'.repeat(999) })).toEqual(['/user']);
    expect(await pointers({ channels: Array.from({ length: 200 }, (_, at) => `c${at}`) })).toEqual(['/channels']);
    const { limits } = stage.world.app;
    stage.running[0] = stage.world.change({ limits: { ...limits, broadcastsPerMonth: 1 } });
    expect((await post(`${APP}/events`, { name: 'x', data: '', channels: ['a', 'b'] })).status).toBe(409);
    stage.running[0] = stage.world.change({ limits: { ...limits, messagesPerSecond: 1 } });
    expect((await post(`${APP}/events`, { name: 'x', data: '', channels: ['a'] })).status).toBe(200);
    const late = await post(`${APP}/events`, { name: 'x', data: '', channels: ['a'] });
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '1']);
    stage.running[0] = stage.world.change({ enabled: false });
    expect((await post(`${APP}/events`, { name: 'x', data: '', channels: ['a'] })).status).toBe(409);
  });
});

describe('[A-5.11] signing', () => {
  const signer = new Signer(SECRET);
  const sign = (body: object) => post(`${APP}/sign`, { socketId: '1.2', ...body });

  test('lets a connection into private and presence channels, and in as a user', async () => {
    const client = stage.world.client();
    const { socketId } = client;
    const signed = await sign({ socketId, channel: 'private-room' });
    client.say({ event: 'pusher:subscribe', data: { channel: 'private-room', ...signed.json } });
    const channelData = '{"user_id":"alice"}';
    const member = await sign({ socketId, channel: 'presence-room', channelData });
    expect(member.json as unknown).toEqual({
      auth: `${KEY}:${signer.sign(`${socketId}:presence-room:${channelData}`)}`,
      channelData,
    });
    const user = await sign({ socketId, userData: '{"id":"alice"}' });
    client.say({ event: 'pusher:signin', data: { auth: user.json['auth'], user_data: user.json['userData'] } });
    expect(client.nextEvents()).toEqual(['pusher_internal:subscription_succeeded', 'pusher:signin_success']);
  });

  test('makes the secret of an encrypted channel of the key that the backend has', async () => {
    const key = Buffer.alloc(32, 7);
    const encryptionMasterKey = key.toString('base64');
    const signed = await sign({ channel: 'private-encrypted-room', encryptionMasterKey });
    const sharedSecret = createHash('sha256').update('private-encrypted-room').update(key).digest('base64');
    expect(signed.json as unknown).toMatchObject({ sharedSecret });
    expect((await sign({ channel: 'private-encrypted-room' })).json).not.toHaveProperty('sharedSecret');
  });

  test('is refused by the pointer of what is wrong', async () => {
    const pointer = async (body: object) => (errorsOf(await sign(body)) as { pointer: string }[])[0]?.pointer;
    expect(await pointer({ socketId: 'x', channel: 'private-a' })).toBe('/socketId');
    expect(await pointer({})).toBe('');
    expect(await pointer({ channel: 'private-a', userData: '{"id":"a"}' })).toBe('');
    expect(await pointer({ channel: 'private a' })).toBe('/channel');
    expect(await pointer({ channel: 'news' })).toBe('/channel');
    expect(await pointer({ channel: 'presence-a' })).toBe('/channelData');
    expect(await pointer({ userData: '{}' })).toBe('/userData');
    expect(await pointer({ channel: 'private-encrypted-a', encryptionMasterKey: 'short' })).toBe(
      '/encryptionMasterKey',
    );
  });
});
