// The thread in which everything slow about webhooks happens: the disk, names, posts. It takes facts and says when they
// are on disk.
import type { Fact } from '../core/facts.ts';
import { Dispatcher } from './dispatcher.ts';
import type { WebhookApp } from './endpoint.ts';
import { Journal } from './journal.ts';
import type { FromThread, Question, ToThread, WebhookSettingsOfServer } from './messages.ts';
import { poster, resolveName } from './post.ts';

/** What comes within this time is written together. */
const GATHER_MS = 2;
/** After a write that failed. */
const AGAIN_MS = 500;
const LONGEST_WAIT_MS = 60_000;
/** How long posts that are under way may take when the server stops; what is cut off is posted again by the next one. */
const FINISH_MS = 1_500;
const FINISH_STEP_MS = 10;
const POST_TIMEOUT_MS = 5_000;
const MISS_WINDOW_MS = 3_000;
/** For one endpoint. */
const WAITING_EVENTS = 200_000;

declare const self: Worker;

let journal: Journal | null = null;
let dispatcher: Dispatcher | null = null;
let timer: Timer | null = null;
let timerAtMs = Number.POSITIVE_INFINITY;
let unacknowledged = 0;
/** Apps that could not be taken up, the journal being out of reach, and the facts that have come since. */
let pending: { readonly apps: readonly WebhookApp[]; readonly facts: Fact[] } | null = null;

const tell = (message: FromThread): void => self.postMessage(message);

/** Close to the machine's time, and never back. */
const now = (): number => Math.round(performance.timeOrigin + performance.now());

// What is thrown here would end the thread, and webhooks with it.
self.onmessage = ({ data }: MessageEvent<ToThread>): void => {
  try {
    hear(data);
  } catch (error) {
    tell({ kind: 'failed', error: messageOf(error) });
    wakeAt(now() + AGAIN_MS);
  }
};

function hear(data: ToThread): void {
  switch (data.kind) {
    case 'start':
      return start(data.settings, data.apps);
    case 'configure':
      pending = { apps: data.apps, facts: pending?.facts ?? [] };
      return configure();
    case 'facts':
      unacknowledged += data.count;
      // The main thread has made it of facts.
      return add(JSON.parse(data.json) as Fact[]);
    case 'ask':
      return void answer(data.id, data.question);
    case 'stop':
      return void stop();
  }
}

/** Until it succeeds nothing is settled: facts would go to the endpoints of before. */
function configure(): void {
  if (pending === null || dispatcher === null) return;
  dispatcher.configure(pending.apps);
  const { facts } = pending;
  pending = null;
  dispatcher.add(facts);
}

function add(facts: readonly Fact[]): void {
  if (pending === null) return dispatcher?.add(facts);
  for (const fact of facts) pending.facts.push(fact);
}

function start(settings: WebhookSettingsOfServer, apps: readonly WebhookApp[]): void {
  try {
    journal = new Journal(settings.journal);
    const { graceMs, retryMs, disableMs, allowedHosts } = settings;
    dispatcher = new Dispatcher(
      {
        journal,
        post: poster({ allowedHosts, timeoutMs: POST_TIMEOUT_MS, resolve: resolveName, authorities: null }),
        now,
        newId: () => Bun.randomUUIDv7(),
        wake: () => wakeAt(now() + GATHER_MS),
        onDisabled: (disabled) => tell({ kind: 'disabled', disabled }),
        limits: { graceMs, retryMs, disableMs, missWindowMs: MISS_WINDOW_MS, waitingEvents: WAITING_EVENTS },
      },
      apps,
    );
    tell({ kind: 'started' });
  } catch (error) {
    tell({ kind: 'notStarted', error: `${settings.journal}: ${messageOf(error)}` });
  }
}

function wakeAt(atMs: number): void {
  if (atMs >= timerAtMs) return;
  if (timer !== null) clearTimeout(timer);
  timerAtMs = atMs;
  timer = setTimeout(turn, Math.min(LONGEST_WAIT_MS, Math.max(0, atMs - now())));
}

function turn(): void {
  if (dispatcher === null) return;
  timer = null;
  timerAtMs = Number.POSITIVE_INFINITY;
  const count = unacknowledged;
  try {
    configure();
    dispatcher.turn();
    unacknowledged -= count;
    if (count > 0) tell({ kind: 'written', count });
    wakeAt(Math.max(now() + 1, dispatcher.dueMs));
  } catch (error) {
    tell({ kind: 'failed', error: messageOf(error) });
    wakeAt(now() + AGAIN_MS);
  }
}

async function answer(id: number, question: Question): Promise<void> {
  try {
    tell({ kind: 'answer', id, value: await answerTo(question) });
  } catch (error) {
    tell({ kind: 'noAnswer', id, error: messageOf(error) });
  }
}

function answerTo(question: Question): unknown {
  if (journal === null || dispatcher === null) throw new Error('The webhook thread has not started.');
  switch (question.what) {
    case 'test':
      return dispatcher.test(question.app, question.endpoint);
    case 'deliveries':
      return journal.attempts(question.query);
    case 'deadLetters':
      return journal.dead(question.query);
    case 'replay':
      return dispatcher.replay(question.selection);
  }
}

async function stop(): Promise<void> {
  dispatcher?.stop();
  turn();
  const deadlineMs = now() + FINISH_MS;
  while (dispatcher?.isPosting && now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, FINISH_STEP_MS));
    turn();
  }
  if (timer !== null) clearTimeout(timer);
  dispatcher = null;
  try {
    journal?.close();
  } catch (error) {
    tell({ kind: 'failed', error: messageOf(error) });
  }
  journal = null;
  tell({ kind: 'stopped' });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
