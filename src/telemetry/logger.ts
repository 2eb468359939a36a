// Log lines: JSON for machines, or plain text on a terminal. Every line has an event name from log-events.ts.
import type { Happening, Traffic } from '../core/happenings.ts';
import { type LevelOf, type LogEvent, type LogLevel, levelOf } from './log-events.ts';

export interface Logger {
  readonly level: LogLevel;
  log<Event extends LogEvent>(level: LevelOf<Event>, event: Event, fields?: Readonly<Record<string, unknown>>): void;
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
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${plainOrQuoted(value)}`);
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${event}${pairs.join('')}\n`;
};

/** What JSON leaves as it is, though it breaks a line or steers a terminal. */
const STEERING = /[\u007f-\u009f\u2028\u2029]/g;

// A stranger's text may hold line breaks, quotes and commands to the terminal; one line stays one harmless line.
function plainOrQuoted(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:/@#-]+$/.test(value)) return value;
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return (JSON.stringify(value) ?? 'undefined').replace(STEERING, escaped);
}

/** Writes what happens to the log. */
export function logHappenings(logger: Logger): (happening: Happening) => void {
  const least = ORDER.indexOf(logger.level);
  return (happening) => {
    // Most of them are for level debug, and there are as many as there are connections and subscriptions.
    if (ORDER.indexOf(levelOf(happening.kind)) < least) return;
    const { kind, ...fields } = happening;
    logger.log(levelOf(kind), kind, fields);
  };
}

/** Writes what flows to the log, at level debug; null, so that nothing is even made, at any other. */
export function logTraffic(logger: Logger): ((traffic: Traffic) => void) | null {
  if (logger.level !== 'debug') return null;
  // The name that a stranger gave the event must not pass for the name of the log line.
  return (traffic) => {
    if (traffic.kind !== 'published' && traffic.kind !== 'clientEvent') {
      const { kind, ...fields } = traffic;
      return logger.log('debug', kind, fields);
    }
    // What apps send is theirs and stays out of the log.
    const { kind, event: name, data: _, ...fields } = traffic;
    logger.log('debug', kind, { ...fields, name });
  };
}
