// The settings that bound what clients may take of the server.
import { number } from './setting.ts';

const KIB = 1_024;
const MIB = 1_024 * KIB;

export const BOUNDS = {
  maxConnections: number(
    0,
    0,
    10_000_000,
    'Connections of this server, all apps together; one more is closed with 4100. 0: as many as the descriptors of the process allow.',
  ),
  backlogBytes: number(
    MIB,
    64 * KIB,
    64 * MIB,
    'Bytes that may wait for one slow reader before it is closed. Raised by itself to hold four of the largest events, or a full roster of up to 64 MiB.',
  ),
  backlogTotalBytes: number(
    256 * MIB,
    MIB,
    1_024 * 1_024 * MIB,
    'Bytes that may wait for all slow readers together, before those for whom most is waiting are closed.',
  ),
  connectRate: number(
    500,
    0,
    1_000_000,
    'New connections per second from one address (IPv6: one /64), with a burst of as many. More are closed with 4100. Addresses of the machine itself are not counted. 0: no bound.',
  ),
  connectionsPerAddress: number(
    0,
    0,
    10_000_000,
    'Open connections from one address, counted the same way. More are closed with 4100. Many people may share an address. 0: no bound.',
  ),
  clientMessageRate: number(
    1_000,
    0,
    10_000_000,
    'Messages per second of one connection, pings included, with a burst of as many. One that sends more is closed with 4101. 0: no bound.',
  ),
  clientByteRate: number(
    8 * MIB,
    0,
    1_024 * 1_024 * MIB,
    'Bytes per second of one connection, the same way; one message may be longer. 0: no bound.',
  ),
  subscriptionRate: number(
    100,
    0,
    1_000_000,
    'Subscriptions per second that one connection may ask for, after a burst of as many as it may have (`limits.channelsPerConnection`). One that asks for more is closed with 4101. 0: no bound.',
  ),
  badAuthRate: number(
    120,
    0,
    10_000_000,
    'Invalid signatures per minute of one connection, for channels and sign-ins; ten times as many of one address. With one more, the connection is closed with 4101. 0: no bound.',
  ),
  badRequestRate: number(
    600,
    0,
    10_000_000,
    'Requests to the HTTP API per minute from one address that are refused before anything is read: wrong paths, wrong signatures. More are answered 429; requests that are right are not counted. 0: no bound.',
  ),
  overloadLagMs: number(
    1_000,
    0,
    600_000,
    'Milliseconds by which the server may be late with its own work. Later, three times in a row, it refuses new connections with 4100 and is not ready. 0: no bound.',
  ),
  overloadMemoryBytes: number(
    0,
    0,
    1_024 * 1_024 * MIB,
    'Bytes that the process may hold before it does the same. 0: 85 % of what the machine or the container has, shared by the workers.',
  ),
};
