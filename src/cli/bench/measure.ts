// What `vask bench` does: first calm publishes, whose delay is taken, then as many as the server answers.
import { Failure } from '../failure.ts';
import { sendSigned } from '../http-client.ts';
import type { Credentials } from '../target.ts';
import { printable } from '../terminal.ts';
import { Crowd } from './crowd.ts';

export interface Plan {
  readonly url: string;
  readonly credentials: Credentials;
  readonly connections: number;
  /** Of each of both parts. */
  readonly seconds: number;
  readonly bytes: number;
}

export interface Measured {
  readonly connections: number;
  readonly connectsPerSecond: number;
  readonly delayMs: { readonly median: number; readonly p99: number; readonly longest: number };
  readonly publishesPerSecond: number;
  readonly deliveriesPerSecond: number;
  /** Deliveries of accepted publishes that never came. */
  readonly missing: number;
}

const EVENT = 'bench';
const TIMEOUT_MS = 10_000;
/** Calm: each publish is delivered long before the next one. */
const CALM_PER_SECOND = 20;
/** Publishes under way in the second part: as a backend with a few workers. */
const PUBLISHERS = 4;

export async function measure(plan: Plan): Promise<Measured> {
  const channel = `vask-bench-${crypto.randomUUID().slice(0, 8)}`;
  const crowd = new Crowd({ ...plan, channel, event: EVENT, count: plan.connections });
  try {
    const startMs = performance.now();
    await crowd.gather();
    const connectsPerSecond = perSecond(plan.connections, startMs);
    const calm = await calmly(plan, channel, crowd);
    const fast = await quickly(plan, channel, crowd);
    return {
      connections: plan.connections,
      connectsPerSecond,
      delayMs: calm.delayMs,
      publishesPerSecond: fast.publishesPerSecond,
      deliveriesPerSecond: fast.deliveriesPerSecond,
      missing: calm.missing + fast.missing,
    };
  } finally {
    crowd.leave();
  }
}

async function calmly(plan: Plan, channel: string, crowd: Crowd): Promise<Pick<Measured, 'delayMs' | 'missing'>> {
  const delays: number[] = [];
  // The moment before the request travels with the event; both ends are this process, so there is one clock.
  crowd.listen((data) => delays.push(performance.now() - Number.parseFloat(data)));
  const count = plan.seconds * CALM_PER_SECOND;
  const wanted = crowd.heard + count * plan.connections;
  const startMs = performance.now();
  for (let at = 0; at < count; at++) {
    await until(startMs + (at * 1000) / CALM_PER_SECOND);
    await publish(plan, channel, String(performance.now()));
  }
  await crowd.hears(wanted, TIMEOUT_MS);
  crowd.listen(null);
  delays.sort((a, b) => a - b);
  const at = (part: number): number => rounded(delays[Math.floor((delays.length - 1) * part)] ?? 0);
  return { delayMs: { median: at(0.5), p99: at(0.99), longest: at(1) }, missing: Math.max(0, wanted - crowd.heard) };
}

async function quickly(
  plan: Plan,
  channel: string,
  crowd: Crowd,
): Promise<Omit<Measured, 'connections' | 'connectsPerSecond' | 'delayMs'>> {
  const startMs = performance.now();
  const endMs = startMs + plan.seconds * 1000;
  const before = crowd.heard;
  let published = 0;
  const publisher = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await publish(plan, channel, '0');
      published++;
    }
  };
  await Promise.all(Array.from({ length: PUBLISHERS }, publisher));
  const publishesPerSecond = perSecond(published, startMs);
  const wanted = before + published * plan.connections;
  await crowd.hears(wanted, TIMEOUT_MS);
  const deliveriesPerSecond = perSecond(crowd.heard - before, startMs);
  return { publishesPerSecond, deliveriesPerSecond, missing: Math.max(0, wanted - crowd.heard) };
}

async function publish({ url, credentials, bytes }: Plan, channel: string, data: string): Promise<void> {
  const body = JSON.stringify({ name: EVENT, channels: [channel], data: data.padEnd(bytes) });
  const path = `/apps/${encodeURIComponent(credentials.app)}/events`;
  const request = { method: 'POST', path, parameters: [], body };
  const { status, text } = await sendSigned({ url, timeoutMs: TIMEOUT_MS }, credentials, request);
  if (status !== 200)
    throw new Failure(`Publishing answers ${status} ${printable(text.trim())}`, `"vask doctor ${url}" looks closer.`);
}

async function until(timeMs: number): Promise<void> {
  const leftMs = timeMs - performance.now();
  if (leftMs > 0) await Bun.sleep(leftMs);
}

function perSecond(count: number, sinceMs: number): number {
  return Math.round((count * 1000) / Math.max(1, performance.now() - sinceMs));
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
