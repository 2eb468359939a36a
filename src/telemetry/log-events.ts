// All events of the log: at which level each is told, and what it says. docs/logs.md lists the same, and a test compares.
import type { Happening, Traffic } from '../core/happenings.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

interface LogEventRow {
  /** Mostly one. */
  readonly levels: readonly LogLevel[];
  /** One sentence. */
  readonly doc: string;
}

const DEBUG = ['debug'] as const;
const INFO = ['info'] as const;
const WARN = ['warn'] as const;
const ERROR = ['error'] as const;

// biome-ignore format: a table is read row by row
const OF_SERVER = {
  started: { levels: INFO, doc: 'The server serves; `urls` says where.' },
  stopping: { levels: INFO, doc: 'A signal asks the server to stop; its clients are asked to connect again.' },
  stopped: { levels: INFO, doc: 'All is closed and kept, and the process ends.' },
  reloaded: { levels: INFO, doc: 'SIGHUP: the configuration was read again; `added`, `changed` and `removed` are ids of apps.' },
  needsRestart: { levels: WARN, doc: 'These `settings` are others by now, and are taken up by the next start only.' },
  reloadFailed: { levels: ERROR, doc: 'SIGHUP: the configuration cannot be used, and all stays as it was.' },
  certificateRenewed: { levels: INFO, doc: 'New connections get the certificate that is in the files now; `expires` says until when it is good.' },
  certificateFailed: { levels: ERROR, doc: 'The files of the certificate have changed and cannot be used, and the one before is served still.' },
  workerStarted: { levels: INFO, doc: 'A worker serves.' },
  workerEnded: { levels: ['info', 'error'], doc: 'A worker has ended, `info` when somebody asked it to; another one is started after `againInMs`.' },
  workerLost: { levels: WARN, doc: 'A worker says nothing any more and is ended.' },
  lineEnded: { levels: ERROR, doc: 'A worker has lost the first process, and ends.' },
  webhookDisabled: { levels: ERROR, doc: 'An endpoint has failed for so long that nothing more is posted to it.' },
  adminFailed: { levels: ERROR, doc: 'A request of the admin API failed where it should not.' },
  deviceFlowFailed: { levels: ERROR, doc: 'A request of `vask login` failed where it should not.' },
} as const satisfies Readonly<Record<string, LogEventRow>>;

// biome-ignore format: a table is read row by row
const OF_HAPPENINGS = {
  connected: { levels: DEBUG, doc: 'A client was let in.' },
  connectionRefused: { levels: DEBUG, doc: 'A client was not let in; `code` and `text` say why.' },
  disconnected: { levels: DEBUG, doc: 'A connection is gone.' },
  closed: { levels: DEBUG, doc: 'The server closes a connection; `code` and `text` say why.' },
  slowReaderClosed: { levels: WARN, doc: 'A client did not read for so long that it was cut off.' },
  refused: { levels: DEBUG, doc: 'A message of a client was answered by an error.' },
  subscribed: { levels: DEBUG, doc: 'A connection has entered a channel.' },
  unsubscribed: { levels: DEBUG, doc: 'A connection has left a channel.' },
  signedIn: { levels: DEBUG, doc: 'A connection has signed in as a user.' },
  cacheMissed: { levels: DEBUG, doc: 'A cache channel had nothing for a new subscriber.' },
  repaired: { levels: WARN, doc: 'The node could not agree with the others for a while, and what it knew of a channel was mended.' },
  requestRefused: { levels: DEBUG, doc: 'A request of a backend was refused before it was let in.' },
  flooded: { levels: WARN, doc: 'Strangers were turned away by the bound `limit`, `count` of them since the start; told at most every 10 s.' },
  overload: { levels: WARN, doc: 'Nobody else is let in, for this `reason`; null when everybody is again.' },
  clockSet: { levels: WARN, doc: 'The clock of the machine was set, by `byMs` milliseconds.' },
  failed: { levels: ERROR, doc: 'Something that should not fail did; `doing` says what.' },
} as const satisfies Readonly<Record<Happening['kind'], LogEventRow>>;

// biome-ignore format: a table is read row by row
const OF_TRAFFIC = {
  published: { levels: DEBUG, doc: 'A backend sends an event to a channel; its data is not logged.' },
  clientEvent: { levels: DEBUG, doc: 'A client sends an event to the others; its data is not logged.' },
  request: { levels: DEBUG, doc: 'A request of a backend was answered.' },
  occupied: { levels: DEBUG, doc: 'The first connection has entered a channel.' },
  vacated: { levels: DEBUG, doc: 'The last connection has left a channel.' },
  memberAdded: { levels: DEBUG, doc: 'A user has come to a presence channel.' },
  memberRemoved: { levels: DEBUG, doc: 'A user has left a presence channel.' },
} as const satisfies Readonly<Record<Traffic['kind'], LogEventRow>>;

export const LOG_EVENTS = { ...OF_SERVER, ...OF_HAPPENINGS, ...OF_TRAFFIC };

export type LogEvent = keyof typeof LOG_EVENTS;

export type LevelOf<Event extends LogEvent> = (typeof LOG_EVENTS)[Event]['levels'][number];

/** How much each happening matters to whoever runs the server. */
export function levelOf<Kind extends Happening['kind']>(kind: Kind): LevelOf<Kind> {
  return OF_HAPPENINGS[kind].levels[0];
}
