// An event that is being written, and those that were sent, which only this browser keeps.

export interface Draft {
  readonly to: 'channels' | 'user';
  /** Separated by commas or line breaks. */
  readonly channels: string;
  readonly user: string;
  readonly name: string;
  readonly data: string;
  readonly socketId: string;
}

export interface Sent {
  readonly draft: Draft;
  readonly atMs: number;
  /** How many got it, or why nobody did. */
  readonly answer: string;
}

export const EMPTY_DRAFT: Draft = {
  to: 'channels',
  channels: 'my-channel',
  user: '',
  name: 'my-event',
  data: '{\n  "hello": "world"\n}',
  socketId: '',
};

const KEPT = 20;
const storedAs = (app: string): string => `vask.sent.${app}`;

export function historyOf(app: string): readonly Sent[] {
  try {
    return JSON.parse(localStorage.getItem(storedAs(app)) ?? '[]');
  } catch {
    return [];
  }
}

export function remember(app: string, sent: Sent): readonly Sent[] {
  const history = [sent, ...historyOf(app)].slice(0, KEPT);
  try {
    localStorage.setItem(storedAs(app), JSON.stringify(history));
  } catch {
    // The browser has no room left; it is only a convenience.
  }
  return history;
}

export function channelsOf({ channels }: Draft): readonly string[] {
  return channels.split(/[,\n]/).flatMap((name) => name.trim() || []);
}

/** Why it is no JSON; null when it is. */
export function jsonFault(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
