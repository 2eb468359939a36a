// The thread in which everything slow about webhooks happens: the disk or the network, names, posts. Here it only takes
// what the main thread says, and answers; the work is that of an outbox.
import type { Fact } from '../core/facts.ts';
import type { WebhookApp } from './endpoint.ts';
import type { FromThread, Question, ToThread, WebhookSettingsOfServer } from './messages.ts';
import { messageOf, type OutboxOfThread } from './outbox-of-thread.ts';
import { OwnOutbox } from './own-outbox.ts';
import { SharedOutbox } from './shared/shared-outbox.ts';

declare const self: Worker;

let outbox: OutboxOfThread | null = null;

const tell = (message: FromThread): void => self.postMessage(message);

// What is thrown here would end the thread, and webhooks with it.
self.onmessage = ({ data }: MessageEvent<ToThread>): void => {
  try {
    hear(data);
  } catch (error) {
    tell({ kind: 'failed', error: messageOf(error) });
  }
};

function hear(data: ToThread): void {
  switch (data.kind) {
    case 'start':
      return start(data.settings, data.apps);
    case 'configure':
      return outbox?.configure(data.apps);
    case 'facts':
      // The main thread has made it of facts.
      return outbox?.add(JSON.parse(data.json) as Fact[]);
    case 'ask':
      return void answer(data.id, data.question);
    case 'stop':
      return void stop();
  }
}

function start(settings: WebhookSettingsOfServer, apps: readonly WebhookApp[]): void {
  const { shared, journal } = settings;
  try {
    outbox = shared ? new SharedOutbox(settings, shared, apps, tell) : new OwnOutbox(settings, apps, tell);
    tell({ kind: 'started' });
  } catch (error) {
    const text = messageOf(error);
    tell({ kind: 'notStarted', error: shared ? text : `${journal}: ${text}` });
  }
}

async function answer(id: number, question: Question): Promise<void> {
  try {
    if (outbox === null) throw new Error('The webhook thread has not started.');
    tell({ kind: 'answer', id, value: await outbox.answer(question) });
  } catch (error) {
    tell({ kind: 'noAnswer', id, error: messageOf(error) });
  }
}

async function stop(): Promise<void> {
  const stopping = outbox;
  outbox = null;
  try {
    await stopping?.stop();
  } catch (error) {
    tell({ kind: 'failed', error: messageOf(error) });
  }
  tell({ kind: 'stopped' });
}
