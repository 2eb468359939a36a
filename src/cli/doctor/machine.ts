// The checks of the machine itself: what its kernel allows one program, and how many connections come of that.
import { type Check, failed, type Outcome, ok, type Surroundings, skipped } from './check.ts';

export const MACHINE_CHECKS: readonly Check<Surroundings>[] = [
  { name: 'files', after: [], run: hasDescriptors },
  { name: 'accept queue', after: [], run: queuesEnough },
  { name: 'local ports', after: [], run: hasPorts },
  { name: 'tracking', after: [], run: tracksEnough },
];

/** What a shell has by itself on most systems, and what many a server has run into. */
const WALL = 4_096;
/** Enough for most; told, not demanded. */
const MANY = 65_536;
/** The default of Linux since 5.4; before, 128. */
const LEAST_QUEUE = 1_024;
const LEAST_PORTS = 20_000;

function hasDescriptors({ config, read }: Surroundings): Outcome {
  const line = /^Max open files\s+(\S+)\s+(\S+)/m.exec(read('/proc/self/limits') ?? '');
  if (line === null) return skipped('this system does not tell');
  const [soft, hard] = [countOf(line[1]), countOf(line[2])];
  const { maxConnections } = config;
  const advice = `Every connection is a file. Raise the limit of whoever starts Vask: LimitNOFILE=1048576 in a unit of systemd, \`ulimits: nofile\`
in a compose file, "* soft nofile 1048576" and the same for hard in /etc/security/limits.conf, or ulimit -n in the shell.`;
  if (maxConnections > 0 && soft < maxConnections) {
    return failed(`maxConnections is ${maxConnections}, but a process may have ${soft} files open`, advice);
  }
  if (soft < WALL) return failed(`a process may have ${soft} files open, and so fewer connections`, advice);
  const more = soft < MANY && hard > soft ? `; ${shown(hard)} could be had by ulimit -n` : '';
  return ok(`a process may have ${shown(soft)} files open, one for each connection${more}`);
}

function queuesEnough({ read }: Surroundings): Outcome {
  const [queue, half] = [numberIn(read, 'net/core/somaxconn'), numberIn(read, 'net/ipv4/tcp_max_syn_backlog')];
  if (queue === null) return skipped('this system does not tell');
  const advice = `When a server comes back, all clients do at once, and those that do not fit are turned away. In /etc/sysctl.d:
    net.core.somaxconn = 8192
    net.ipv4.tcp_max_syn_backlog = 8192`;
  if (queue < LEAST_QUEUE) return failed(`net.core.somaxconn is ${queue}: so few clients may connect at once`, advice);
  if (half !== null && half < 512) return failed(`net.ipv4.tcp_max_syn_backlog is ${half}`, advice);
  return ok(`${queue} clients may wait to be accepted`);
}

function hasPorts({ read }: Surroundings): Outcome {
  const [first, last] = (read('/proc/sys/net/ipv4/ip_local_port_range') ?? '').trim().split(/\s+/).map(Number);
  if (first === undefined || last === undefined) return skipped('this system does not tell');
  const count = last - first + 1;
  if (count < LEAST_PORTS) {
    return failed(
      `net.ipv4.ip_local_port_range leaves ${count} ports: a proxy on this machine has no more connections to one address`,
      'In /etc/sysctl.d: net.ipv4.ip_local_port_range = 1024 65000. Or let the proxy reach Vask at several addresses.',
    );
  }
  return ok(`a proxy on this machine can have ${count} connections to one address of Vask`);
}

function tracksEnough({ config, read }: Surroundings): Outcome {
  const most = numberIn(read, 'net/netfilter/nf_conntrack_max');
  if (most === null) return skipped('the firewall of this machine follows no connections, or does not tell');
  const now = numberIn(read, 'net/netfilter/nf_conntrack_count') ?? 0;
  const isFull = now > most * 0.8;
  if (isFull || config.maxConnections > most) {
    const why = isFull ? `${now} of ${most} are in use` : `maxConnections is ${config.maxConnections}`;
    return failed(
      `the firewall follows ${most} connections at most, and ${why}`,
      'When its table is full, new connections vanish without an answer. In /etc/sysctl.d: net.netfilter.nf_conntrack_max = 1048576',
    );
  }
  return ok(`the firewall follows up to ${most} connections; it has ${now}`);
}

function numberIn(read: Surroundings['read'], name: string): number | null {
  const text = read(`/proc/sys/${name}`);
  return text === null ? null : Number(text.trim());
}

function countOf(text: string | undefined): number {
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}

function shown(count: number): string {
  return Number.isFinite(count) ? String(count) : 'any number of';
}
