// Log lines: JSON for machines, or plain text on a terminal. Every line has an event name from the happenings.
import type { Happening, Traffic } from '../core/happenings.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Logger {
  readonly level: LogLevel;
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
}

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** @param write gets each finished line, its newline included. */
export function createLogger(
  level: LogLevel,
  format: 'json' | 'text',
  now: () => number,
  write: (line: string) => void,
): Logger {
  const least = ORDER.indexOf(level);
  const render = format === 'json' ? jsonLine : textLine;
  return {
    level,
    log(lineLevel, event, fields = {}) {
      if (ORDER.indexOf(lineLevel) < least) return;
      write(render(new Date(now()).toISOString(), lineLevel, event, fields));
    },
  };
}

type Render = (time: string, level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>) => string;

const jsonLine: Render = (time, level, event, fields) => `${JSON.stringify({ time, level, event, ...fields })}\n`;

const textLine: Render = (time, level, event, fields) => {
  const pairs = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? quoteIfNeeded(value) : JSON.stringify(value)}`,
  );
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${event}${pairs.length > 0 ? ` ${pairs.join(' ')}` : ''}\n`;
};

// A stranger's text may hold line breaks and quotes; one line stays one line.
function quoteIfNeeded(text: string): string {
  return /^[\w.:/@#-]+$/.test(text) ? text : JSON.stringify(text);
}

/** How much each happening matters to whoever runs the server. */
const LEVELS: Readonly<Record<Happening['kind'], LogLevel>> = {
  cacheMissed: 'debug',
  closed: 'debug',
  connected: 'debug',
  connectionRefused: 'debug',
  disconnected: 'debug',
  failed: 'error',
  refused: 'debug',
  requestRefused: 'debug',
  signedIn: 'debug',
  slowReaderClosed: 'warn',
  subscribed: 'debug',
  unsubscribed: 'debug',
};

/** Writes what happens to the log. */
export function logHappenings(logger: Logger): (happening: Happening) => void {
  return ({ kind, ...fields }) => logger.log(LEVELS[kind], kind, fields);
}

/** Writes what flows to the log, at level debug; null, so that nothing is even made, at any other. */
export function logTraffic(logger: Logger): ((traffic: Traffic) => void) | null {
  if (logger.level !== 'debug') return null;
  return ({ kind, ...fields }) => logger.log('debug', kind, fields);
}
