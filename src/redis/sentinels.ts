// Which server is the master at present, as sentinels tell it.
import type { Redis } from 'ioredis';
import { describeHost, type HostAndPort, type RedisAddress } from './address.ts';
import { type Ask, messageOf } from './ask.ts';

/**
 * What most sentinels say. A single one may be cut off together with a server that is the master no more, and two nodes
 * that believe different sentinels would not agree on anything.
 */
export async function masterOfSentinels(address: RedisAddress, ask: Ask): Promise<HostAndPort> {
  const name = address.masterName ?? '';
  const votes = new Map<string, { readonly place: HostAndPort; count: number }>();
  const faults: string[] = [];
  const majority = Promise.withResolvers<HostAndPort>();
  const settled = Promise.all(
    address.hosts.map(async (sentinel) => {
      try {
        const place = await ask(sentinel, (redis) => masterOf(redis, name));
        const vote = votes.get(describeHost(place)) ?? { place, count: 0 };
        vote.count += 1;
        votes.set(describeHost(place), vote);
        if (vote.count * 2 > address.hosts.length) majority.resolve(place);
      } catch (error) {
        faults.push(messageOf(error));
      }
    }),
  ).then(() => {
    // Some may be away for good, and those that are left were enough to name a master.
    const [most, second] = [...votes.values()].sort((one, other) => other.count - one.count);
    if (most === undefined) throw new Error(faults.join('; '));
    if (most.count === second?.count) throw new Error(`the sentinels of ${name} do not agree on the master`);
    return most.place;
  });
  return await Promise.race([majority.promise, settled]);
}

async function masterOf(sentinel: Redis, name: string): Promise<HostAndPort> {
  const reply: unknown = await sentinel.call('SENTINEL', 'get-master-addr-by-name', name);
  if (!Array.isArray(reply)) throw new Error(`the sentinel knows no server of the name ${name}`);
  return { host: String(reply[0]), port: Number(reply[1]) };
}

const SWITCHED = '+switch-master';

/**
 * Hears from a sentinel that another server has become the master. One that is replaced in peace goes on for seconds as
 * if nothing had happened, while nodes that come anew are already with the other one.
 */
export async function hearSwitches(sentinel: Redis, name: string, onSwitch: () => void): Promise<void> {
  sentinel.on('message', (_channel, text) => {
    if (text.startsWith(`${name} `)) onSwitch();
  });
  await sentinel.subscribe(SWITCHED);
}
