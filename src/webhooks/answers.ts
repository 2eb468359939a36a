// What the outbox answers to whoever asks.
import type { Answer } from '../engine/answer.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Journal } from './journal.ts';
import type { Question } from './messages.ts';

export function answerOf(question: Question, journal: Journal, dispatcher: Dispatcher): Answer<unknown> {
  switch (question.what) {
    case 'test':
      return dispatcher.test(question.app, question.endpoint);
    case 'deliveries':
      return journal.attempts(question.query);
    case 'deadLetters':
      return journal.dead(question.query);
    case 'replay':
      return dispatcher.replay(question.selection);
    case 'state':
      return { ...journal.counts(), attempts: dispatcher.attempts, failures: dispatcher.failures };
  }
}
